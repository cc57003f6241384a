import Table from "cli-table3";
import { Command, Option } from "commander";
import { type CostEstimate, type CostItem, estimateCost, type Workload } from "../../../lib/cost/cost.ts";
import { MONITORING } from "../../../lib/cost/costBasis.ts";
import { price, UNCONFIRMED_PRICES } from "../../../lib/cost/prices.ts";
import { wholeNumber } from "../options.ts";

type CostFlags = Workload & { readonly json?: boolean };

/** `rfm cost`: what a workload costs on AWS in a month, from a dated price list. Needs no account and no network. */
export function costCommand(): Command {
  return new Command("cost")
    .description("estimate the monthly cost of a deployment on AWS, item by item, beside SageMaker and EMR")
    .addOption(new Option("--rows <n>", "lines of the whole history").argParser(wholeNumber).makeOptionMandatory())
    .addOption(new Option("--customers <n>", "customers segmented").argParser(wholeNumber).makeOptionMandatory())
    .addOption(new Option("--runs-per-month <n>", "drops or refreshes a month").argParser(wholeNumber).default(30))
    .addOption(new Option("--new-rows <n>", "lines that each run adds (default: all of them)").argParser(wholeNumber))
    .addOption(
      new Option("--database <kind>", "where segments are loaded").choices(["aurora", "none"]).default("aurora"),
    )
    .option("--json", "print the estimate as JSON")
    .action((flags: CostFlags) => {
      const { json, ...workload } = flags;
      const estimate = estimateCost(workload);
      process.stdout.write(json === true ? `${JSON.stringify(estimate, null, 2)}\n` : report(estimate, workload));
    });
}

const dollars = (value: number): string =>
  value.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** The estimate for a person. */
export function report(estimate: CostEstimate, { rows, customers, runsPerMonth }: Workload): string {
  const count = (value: number): string => value.toLocaleString("en");
  const heading = `${count(rows)} lines, ${count(customers)} customers, ${count(runsPerMonth)} runs a month, ${estimate.region}`;
  return `${heading}
${table(estimate.items)}
  a month                 USD ${dollars(estimate.usdPerMonth)}
  of it without any run   USD ${dollars(estimate.idleUsdPerMonth)}
  for each run            USD ${estimate.usdPerRun.toFixed(4)}

Elsewhere
${table(estimate.alternatives)}
List prices as of ${estimate.pricesAsOf} (lib/cost/prices.us-east-1.json), without free tiers, taxes and data transfer.
Not confirmed by a page that could be named: ${UNCONFIRMED_PRICES.join(", ")}.
${monitoring()}
Sizes are measured on a real shop's data; times and database capacity are
assumptions on the high side (lib/cost/costBasis.ts).
`;
}

function monitoring(): string {
  const { alarms, freeAlarms, dashboards } = MONITORING;
  const perAlarm = price("cloudWatchPerAlarmMonth");
  const beyond = dollars((alarms - freeAlarms) * perAlarm);
  const all = dollars(alarms * perAlarm + dashboards * price("cloudWatchPerDashboardMonth"));
  return `Not counted: ${alarms} alarms, ${freeAlarms} of them free in every account, and ${dashboards} free dashboards: USD ${beyond} a month, or ${all} where these are used up.`;
}

function table(items: readonly CostItem[]): string {
  const lines = new Table({
    style: { head: [], border: [], compact: true },
    chars: borderless(),
    colAligns: ["left", "right", "left"],
  });
  for (const { name, basis, usdPerMonth } of items) lines.push([name, dollars(usdPerMonth), basis]);
  return lines.toString();
}

function borderless(): Record<string, string> {
  const sides = ["top", "bottom", "left", "right", "mid", "middle"];
  const corners = [
    "top-mid",
    "top-left",
    "top-right",
    "bottom-mid",
    "bottom-left",
    "bottom-right",
    "left-mid",
    "mid-mid",
    "right-mid",
  ];
  return Object.fromEntries([...sides, ...corners].map((name) => [name, name === "left" ? " " : ""]));
}
