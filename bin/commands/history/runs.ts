import { Command } from "commander";
import { publishAgain, readRuns } from "../../../lib/library/runs.ts";
import { style as pc } from "../../terminal.ts";
import { tellMlflow } from "../mlflow.ts";
import { databaseOption, lakeOption } from "../options.ts";
import { plainTable } from "../table.ts";

interface DatabaseFlags {
  readonly lake: string;
  readonly databaseUrl?: string;
}

/** `rfm runs`: the runs that the database holds; one of them is the current one. */
export function runsCommand(): Command {
  return new Command("runs")
    .description("list the runs in the database; the current one is what readers see")
    .addOption(lakeOption())
    .addOption(databaseOption("list the runs that were loaded into this PostgreSQL instead of the lake's own"))
    .option("--json", "print them as JSON")
    .action(async (flags: DatabaseFlags & { json?: boolean }) => {
      const runs = await readRuns(flags);
      if (flags.json === true) {
        process.stdout.write(`${JSON.stringify(runs, null, 2)}\n`);
        return;
      }
      const rows = runs.map((run) => [
        run.isCurrent ? pc.green("current") : "",
        run.runId,
        run.snapshotDate,
        String(run.customers),
        run.modelVersion,
        run.publishedAt ?? "",
      ]);
      process.stdout.write(`${plainTable(["", "run", "snapshot", "customers", "model", "published"], rows)}\n`);
    });
}

/** `rfm publish [RUN]`: makes an earlier run the current one again, and builds a database that is missing. */
export function publishCommand(): Command {
  return new Command("publish")
    .description("make an earlier run the current one again; builds the lake's database where it is missing")
    .argument("[run]", "run id, as `rfm runs` lists it (default: the run that readers see)")
    .addOption(lakeOption())
    .addOption(databaseOption("make the run current in this PostgreSQL instead of the lake's own"))
    .action(async (given: string | undefined, flags: DatabaseFlags) => {
      const { runId, builtRuns } = await publishAgain(flags, given);
      if (builtRuns > 0)
        process.stdout.write(
          `The database was built from the lake: ${builtRuns === 1 ? "1 run" : `${builtRuns} runs`}.\n`,
        );
      process.stdout.write(`Run ${runId} is the current one.\n`);
      await tellMlflow(flags.lake);
    });
}
