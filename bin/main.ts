import { Command } from "commander";
import { codeVersion } from "../lib/local/codeVersion.ts";
import { backtestCommand } from "./commands/backtest.ts";
import { configCommand } from "./commands/config.ts";
import { costCommand } from "./commands/cost.ts";
import { demoCommand } from "./commands/demo.ts";
import { exitWith } from "./commands/errors.ts";
import { exportCommand } from "./commands/export.ts";
import { forgetCommand } from "./commands/forget.ts";
import { ingestsCommand } from "./commands/ingests.ts";
import { modelsCommand } from "./commands/models.ts";
import { queryCommand } from "./commands/query.ts";
import { rejectsCommand } from "./commands/rejects.ts";
import { runCommand } from "./commands/run.ts";
import { publishCommand, runsCommand } from "./commands/runs.ts";
import { serveCommand } from "./commands/serve.ts";

const program = new Command("rfm")
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
  rfm run orders.csv                   segment a file; the history is kept in ./lake
  rfm run orders.csv --out results     … and write segments.csv and summary.json to ./results
  rfm run orders.csv --returns net --k 5 --snapshot-date 2011-12-10
  rfm rejects --reason cancellation    look at rows that were dropped`,
  )
  .addCommand(demoCommand(), { isDefault: true })
  .addCommand(runCommand())
  .addCommand(rejectsCommand())
  .addCommand(ingestsCommand())
  .addCommand(forgetCommand())
  .addCommand(exportCommand())
  .addCommand(queryCommand())
  .addCommand(runsCommand())
  .addCommand(publishCommand())
  .addCommand(backtestCommand())
  .addCommand(modelsCommand())
  .addCommand(serveCommand())
  .addCommand(configCommand())
  .addCommand(costCommand());

try {
  await program.parseAsync();
  process.exit(process.exitCode ?? 0);
} catch (error) {
  exitWith(error);
}
