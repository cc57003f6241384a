import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Config } from "../../../lib/domain/config/config.ts";
import { segment } from "../../../lib/library/segment.ts";
import type { Segmentation } from "../../../lib/library/segmentation.ts";
import { checkFolder } from "../../../lib/local/audience/atomicFile.ts";
import type { AsOf } from "../../../lib/local/lake/asOf.ts";
import { parseMoment } from "../../../lib/workflow/ledger/asOf.ts";
import { tellMlflow } from "../mlflow.ts";
import { configFrom, databaseOption, lakeOption, type PolicyFlags, policyOptions, wholeNumber } from "../options.ts";
import { tellOfNews } from "./news.ts";
import { createProgress, type StateTiming } from "./progress.ts";
import { renderRunReport } from "./runReport.ts";
import { stoppable } from "./stoppable.ts";

export interface RunFlags extends PolicyFlags {
  readonly lake: string;
  readonly out?: string;
  readonly databaseUrl?: string;
  readonly wait: number;
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly asOf?: Date;
  readonly asOfIngest?: string;
}

/** `rfm run`: one drop, or none to segment the history again under other policies. */
export function runCommand(): Command {
  const command = new Command("run")
    .description(
      "segment customers from files of transactions: CSV, Excel, JSON or Parquet, plain, gzip, zstd, zip or tar",
    )
    .argument(
      "[files...]",
      "files, or folders as a whole, to add to the history; without any, the history is segmented as it is",
    )
    .addOption(lakeOption())
    .option("--out <dir>", "also write segments.csv, summary.json and dashboard.html to this folder");
  for (const option of policyOptions()) command.addOption(option);
  return command
    .addOption(
      new Option(
        "--as-of <date>",
        "segment the history as it was at the end of this day (or at a time), UTC",
      ).argParser(parseMoment),
    )
    .addOption(
      new Option("--as-of-ingest <id>", "… as it was right after this ingest of `rfm ingests`").conflicts("asOf"),
    )
    .addOption(databaseOption())
    .option("--wait <seconds>", "how long to wait for another run on the same lake", wholeNumber, 60)
    .option("--json", "print the summary as JSON instead of the report")
    .option("--quiet", "print nothing but errors (and the JSON, if asked for)")
    .addHelpText(
      "after",
      "\nDropping a file of the same name again replaces its rows; another name adds to the history.\nA folder dropped again replaces all that it brought before, parts that are gone from it included.\nThe result is deterministic: same files, settings and seed give byte-identical segments.csv.",
    )
    .action((files: string[], flags: RunFlags) => segmentAndReport(files, flags, configFrom(flags)));
}

/** The earlier state of the history that the flags ask for. */
function asOfFrom({ asOf, asOfIngest }: RunFlags): AsOf | undefined {
  if (asOf !== undefined) return { moment: asOf };
  return asOfIngest === undefined ? undefined : { ingestId: asOfIngest };
}

/** Runs and reports; shared with the demo. */
export async function segmentAndReport(files: readonly string[], flags: RunFlags, settings: Config): Promise<void> {
  const startedAt = performance.now();
  if (flags.out !== undefined) await checkFolder(flags.out);
  const progress = createProgress(process.stderr, flags.quiet === true);
  let results: Segmentation;
  let outcome: "done" | "failed" = "failed";
  let timings: StateTiming[] = [];
  const asOf = asOfFrom(flags);
  try {
    results = await stoppable((signal) =>
      segment(files, {
        lake: flags.lake,
        settings,
        signal,
        ...(asOf === undefined ? {} : { asOf }),
        waitSeconds: flags.wait,
        onProgress: progress.onEvent,
        onWait: (reason) =>
          flags.quiet === true || process.stderr.write(`${reason} Waiting up to ${flags.wait} s for it …\n`),
        ...(flags.databaseUrl === undefined ? {} : { databaseUrl: flags.databaseUrl }),
      }),
    );
    outcome = "done";
  } finally {
    timings = progress.finish(outcome);
  }
  const { summary, news } = results;
  if (news !== undefined) tellOfNews(news, flags.quiet === true);
  await tellMlflow(flags.lake, [summary.modelVersion]);
  const written = flags.out === undefined ? [] : results.writeTo(flags.out);
  if (flags.json === true) process.stdout.write(`${JSON.stringify({ ...summary, timings }, null, 2)}\n`);
  else if (flags.quiet !== true) {
    const places = { lake: resolve(flags.lake), written, databaseUrl: flags.databaseUrl };
    process.stdout.write(renderRunReport(summary, places, timings, performance.now() - startedAt));
  }
}
