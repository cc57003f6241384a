import { Command } from "commander";
import { openLake } from "../../../lib/library/lake.ts";
import type { CompactReport } from "../../../lib/local/lake/compactLake.ts";
import { lakeOption, wholeNumber } from "../options.ts";

interface CompactFlags {
  readonly lake: string;
  readonly keepDays: number;
  readonly dropReplaced?: boolean;
  readonly json?: boolean;
}

/** How long to wait for a run that is going on, in seconds. */
const WAIT_SECONDS = 60;

/** `rfm compact`: keeps the number of files and the cost of reading bounded. */
export function compactCommand(): Command {
  return new Command("compact")
    .description(
      "remove what nothing comes back to (refused and failed drops, results that no run points to, old run artifacts) and write the catalog anew without gaps; runs, the history and its earlier states stay",
    )
    .addOption(lakeOption())
    .option("--keep-days <n>", "keep leftovers and run artifacts so long", wholeNumber, 90)
    .option("--drop-replaced", "also let go of replaced and removed files: earlier states of the history end with that")
    .option("--json", "print what was done as JSON")
    .action(async (flags: CompactFlags) => {
      const { keepDays, dropReplaced = false } = flags;
      const report = await openLake(flags.lake, { waitSeconds: WAIT_SECONDS }).compact({ keepDays, dropReplaced });
      process.stdout.write(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : render(report));
    });
}

function render({ bytesBefore, bytesAfter, filesBefore, filesAfter, rowsRemoved, removed }: CompactReport): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${filesBefore} files, ${megabytes(bytesBefore)} → ${filesAfter} files, ${megabytes(bytesAfter)}; ${rowsRemoved} rows that no state of the history has, and ${removed.length} folders, are gone.\n`;
}
