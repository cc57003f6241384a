import { Command, CommanderError } from "commander";
import { codeVersion } from "../lib/local/run/codeVersion.ts";
import { configCommand } from "./commands/config.ts";
import { explain } from "./commands/errors.ts";
import { compactCommand } from "./commands/history/compact.ts";
import { forgetCommand } from "./commands/history/forget.ts";
import { ingestsCommand } from "./commands/history/ingests.ts";
import { rejectsCommand } from "./commands/history/rejects.ts";
import { publishCommand, runsCommand } from "./commands/history/runs.ts";
import { backtestCommand } from "./commands/results/backtest.ts";
import { costCommand } from "./commands/results/cost.ts";
import { exportCommand } from "./commands/results/export.ts";
import { modelsCommand } from "./commands/results/models.ts";
import { queryCommand } from "./commands/results/query.ts";
import { reportCommand } from "./commands/results/report.ts";
import { serveCommand } from "./commands/results/serve.ts";
import { demoCommand } from "./commands/run/demo.ts";
import { inspectCommand } from "./commands/run/inspect.ts";
import { runCommand } from "./commands/run/run.ts";
import { watchCommand } from "./commands/run/watch.ts";

/**
 * Runs the command line in this process, printing to its standard streams; paths are relative to its working directory.
 * @param args what stands after `rfm`.
 * @returns the exit status: 0, or 1 where it was refused, with the reason printed.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  try {
    await createProgram().parseAsync(args, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    explain(error);
    return 1;
  }
}

/** Commands throw where they would end the process. */
function stopping(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) stopping(child);
  return command;
}

function createProgram(): Command {
  return stopping(
    new Command("rfm")
      .description(
        "Customer segmentation by Recency, Frequency and Monetary value.\nDrop a file of transactions; every customer gets a named segment and a cluster.",
      )
      .version(codeVersion())
      .showHelpAfterError("(add --help for the options)")
      .configureHelp({ sortSubcommands: false })
      .addHelpText(
        "after",
        `
Examples:
  rfm                                  the demo: a generated shop, segmented into ./demo
  rfm inspect orders.csv               how the file is understood, without running
  rfm run orders.csv                   segment a file; the history is kept in ./lake
  rfm run orders.csv --out results     … and write segments, summary and dashboard to ./results
  rfm report --open                    the dashboard of the current run
  rfm rejects --reason cancellation    look at rows that were dropped
  rfm export --segment "At Risk"       who they are, and whom of them a campaign should leave alone
  rfm query "select * from current_segment_summary"

Each command has --help with all its options.`,
      )
      .commandsGroup("Segment:")
      .addCommand(demoCommand(), { isDefault: true })
      .addCommand(inspectCommand())
      .addCommand(runCommand())
      .addCommand(watchCommand())
      .commandsGroup("Use the result:")
      .addCommand(reportCommand())
      .addCommand(exportCommand())
      .addCommand(queryCommand())
      .addCommand(serveCommand())
      .commandsGroup("Look after the history:")
      .addCommand(rejectsCommand())
      .addCommand(ingestsCommand())
      .addCommand(forgetCommand())
      .addCommand(compactCommand())
      .commandsGroup("Runs and models:")
      .addCommand(runsCommand())
      .addCommand(publishCommand())
      .addCommand(backtestCommand())
      .addCommand(modelsCommand())
      .commandsGroup("Settings and cost:")
      .addCommand(configCommand())
      .addCommand(costCommand())
      .addHelpCommand(
        new Command("help").argument("[command]").summary("the help of a command").helpGroup("Settings and cost:"),
      ),
  );
}
