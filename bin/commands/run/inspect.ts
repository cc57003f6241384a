import { Command } from "commander";
import { inspect } from "../../../lib/library/inspect.ts";
import { configFrom, type PolicyFlags } from "../options.ts";
import { readingOptions } from "../readingOptions.ts";
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
      const inspection = await inspect(patterns, { settings: configFrom(flags) });
      // The same files and flags, as typed, go on to run.
      const typed = parent?.args.slice(1).filter((argument) => argument !== "--json") ?? patterns;
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(inspection, null, 2)}\n` : renderInspection(inspection, typed),
      );
      if (inspection.questions.length > 0) process.exitCode = 1;
    });
}
