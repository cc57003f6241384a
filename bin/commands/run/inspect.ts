import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Command } from "commander";
import type { Config } from "../../../lib/domain/config/config.ts";
import type { Inspection } from "../../../lib/ingest/findings/inspection.ts";
import { inspectDrop } from "../../../lib/ingest/inspectDelivery.ts";
import { checkFiles } from "../../../lib/local/run/deliveryFiles.ts";
import { expandPatterns } from "../../../lib/local/run/globPaths.ts";
import { readingSettings } from "../../../lib/workflow/sql/readingSettings.ts";
import { configFrom, type PolicyFlags, readingOptions } from "../options.ts";
import { renderInspection } from "./inspectReport.ts";

interface InspectFlags extends PolicyFlags {
  readonly json?: boolean;
}

/** `rfm inspect`: what `rfm run` would make of files, without running. */
export function inspectCommand(): Command {
  const command = new Command("inspect")
    .description(
      "show how files are understood: format, columns with their roles, values, what is in them, and what must be answered first",
    )
    .argument("<files...>", "files, or patterns of them");
  for (const option of readingOptions()) command.addOption(option);
  return command
    .option("--json", "print everything as JSON")
    .addHelpText("after", "\nNothing is written. The exit status is 1 when a question must be answered first.")
    .action(async (patterns: string[], flags: InspectFlags, { parent }: Command) => {
      const files = await expandPatterns(patterns);
      await checkFiles(files);
      const inspection = await inspectFiles(files, configFrom(flags));
      // The same files and flags, as typed, go on to run.
      const typed = parent?.args.slice(1).filter((argument) => argument !== "--json") ?? patterns;
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(inspection, null, 2)}\n` : renderInspection(inspection, typed),
      );
      if (inspection.questions.length > 0) process.exitCode = 1;
    });
}

/** Inspects files under a configuration. */
export async function inspectFiles(files: readonly string[], config: Config): Promise<Inspection> {
  const scratchDirectory = mkdtempSync(join(tmpdir(), "rfm-inspect-"));
  try {
    return await inspectDrop({
      files: files.map((path) => ({ path, source: basename(path).replace(/\.(gz|zst)$/i, "") })),
      ...readingSettings(config),
      cancellationPattern: config.cancellationPattern,
      scratchDirectory,
      threads: availableParallelism(),
    });
  } finally {
    rmSync(scratchDirectory, { recursive: true, force: true });
  }
}
