import { Command } from "commander";
import { configJsonSchema, parseConfig } from "../../lib/domain/config/configFile.ts";
import type { SettingsTree } from "../../lib/domain/config/mergeSettings.ts";
import { type Trial, trySettings } from "../../lib/local/bi/trySettings.ts";
import { configFrom, lakeOption } from "./options.ts";
import { DEFAULT_CONFIG_FILE } from "./readingOptions.ts";
import { setOption } from "./settingOption.ts";
import { plainTable } from "./table.ts";

/** `rfm config`: the settings in force, the defaults, or their JSON schema; `rfm config try`: what others would do. */
export function configCommand(): Command {
  return new Command("config")
    .description("print the settings in force (checked), the defaults, or their JSON schema")
    .option("--config <file>", `file to check (default: ${DEFAULT_CONFIG_FILE} where there is one)`)
    .option("--defaults", "print the defaults, a good start for a file of your own")
    .option("--schema", "print the JSON schema that editors use to complete and check the file")
    .action((flags: { config?: string; defaults?: boolean; schema?: boolean }) => {
      const value = flags.schema ? configJsonSchema() : flags.defaults ? parseConfig({}) : configFrom(flags);
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    })
    .addCommand(tryCommand());
}

function tryCommand(): Command {
  return new Command("try")
    .description("show how many of the current run's customers other scores or segments would move, without a run")
    .addOption(setOption().makeOptionMandatory())
    .addOption(lakeOption())
    .option("--json", "print it as JSON")
    .action(async (flags: { set: SettingsTree; lake: string; json?: boolean }) => {
      const trial = await trySettings(flags.lake, flags.set);
      process.stdout.write(flags.json === true ? `${JSON.stringify(trial, null, 2)}\n` : trialText(trial));
    });
}

/** Moves that are shown; --json has all. */
const SHOWN_MOVES = 12;

function trialText({ runId, customers, moved, segments, moves }: Trial): string {
  const share = ((100 * moved) / Math.max(1, customers)).toFixed(1);
  const sizes = segments.map(({ name, before, after }) => [name, String(before), String(after)]);
  const most = moves.slice(0, SHOWN_MOVES).map(({ from, to, customers: count }) => [from, to, String(count)]);
  return [
    `${moved} of ${customers} customers of run ${runId} (${share}%) would be in another segment.\n`,
    `${plainTable(["segment", "now", "then"], sizes, ["left", "right", "right"])}\n`,
    moves.length === 0 ? "" : `${plainTable(["from", "to", "customers"], most, ["left", "left", "right"])}\n`,
  ].join("\n");
}
