import { Command } from "commander";
import type { Backtest } from "../../../lib/domain/run/backtest.ts";
import { percentText } from "../../../lib/domain/text/percent.ts";
import { backtestLake } from "../../../lib/local/lake/backtestLake.ts";
import { style as pc } from "../../terminal.ts";
import { lakeOption, wholeNumber } from "../options.ts";
import { plainTable } from "../table.ts";

const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const TITLES = { segment: "Segments", cluster: "Clusters", "spend-decile": "Tenths by spend so far" } as const;

interface Flags {
  readonly lake: string;
  readonly holdoutDays: number;
  readonly json?: boolean;
}

/** `rfm backtest`: what segments and clusters of so many days ago said about the money spent since. */
export function backtestCommand(): Command {
  return new Command("backtest")
    .description("see what segments and clusters of some days ago said about the money spent since")
    .addOption(lakeOption())
    .option("--holdout-days <n>", "days before the current run's snapshot date that are held out", wholeNumber, 90)
    .option("--json", "print the groups and the verdict as JSON")
    .action(async ({ lake, holdoutDays, json }: Flags) => {
      const backtest = await backtestLake(lake, holdoutDays);
      process.stdout.write(json === true ? `${JSON.stringify(backtest, null, 2)}\n` : textOf(backtest));
    });
}

function textOf({ cutDate, groups, verdict }: Backtest): string {
  const parts = Object.entries(TITLES).map(([kind, title]) => {
    const rows = groups
      .filter((group) => group.kind === kind)
      .map((group) => [
        group.name,
        whole.format(group.customers),
        money.format(group.averageSpend),
        `${money.format(group.low)} to ${money.format(group.high)}`,
        percentText(group.repeatShare),
      ]);
    const head = [`as of ${cutDate}`, "customers", "spent since, average", "95% interval", "bought again"];
    return `${pc.bold(title)}\n${plainTable(head, rows, ["left", "right", "right", "right", "right"])}`;
  });
  return `${[...parts, verdict].join("\n\n")}\n`;
}
