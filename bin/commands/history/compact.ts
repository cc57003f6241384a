import { resolve } from "node:path";
import { Command } from "commander";
import { type CompactReport, compactLake } from "../../../lib/local/lake/compactLake.ts";
import { openCatalogOf } from "../../../lib/local/lake/lakeLedger.ts";
import { lakeOption, wholeNumber } from "../options.ts";

interface CompactFlags {
  readonly lake: string;
  readonly keepDays: number;
  readonly dropReplaced?: boolean;
  readonly json?: boolean;
}

/** How long to wait for a run that is going on, in milliseconds. */
const WAIT_MS = 60_000;

/** `rfm compact`: keeps the number of files and the cost of reading bounded. */
export function compactCommand(): Command {
  return new Command("compact")
    .description(
      "remove what nothing comes back to (refused and failed drops, results that no run points to, old working papers) and write the catalog anew without gaps; runs, the history and its earlier states stay",
    )
    .addOption(lakeOption())
    .option("--keep-days <n>", "keep leftovers and working papers so long", wholeNumber, 90)
    .option("--drop-replaced", "also let go of replaced and removed files: earlier states of the history end with that")
    .option("--json", "print what was done as JSON")
    .action(async (flags: CompactFlags) => {
      const engine = await openCatalogOf(flags.lake, WAIT_MS);
      try {
        const { keepDays, dropReplaced: dropsReplaced = false } = flags;
        const request = { lakeDirectory: resolve(flags.lake), keepDays, dropsReplaced, now: new Date() };
        const report = await compactLake(engine, request);
        process.stdout.write(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : render(report));
      } finally {
        engine.close();
      }
    });
}

function render({ bytesBefore, bytesAfter, filesBefore, filesAfter, rowsRemoved, removed }: CompactReport): string {
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  return `${filesBefore} files, ${megabytes(bytesBefore)} → ${filesAfter} files, ${megabytes(bytesAfter)}; ${rowsRemoved} rows that no state of the history has, and ${removed.length} folders, are gone.\n`;
}
