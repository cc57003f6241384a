import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { NoLakeError } from "../../../lib/local/lake/lakeQueries.ts";
import { listScoreJobs } from "../../../lib/workflow/scoring/scoringJob.ts";
import { lakeOption, wholeNumber } from "../options.ts";
import { plainTable } from "../table.ts";

const HEAD = ["job", "status", "parts", "customers", "input", "output"];
const ALIGNS = ["left", "left", "right", "right", "left", "left"] as const;

/** `rfm score-jobs`: what was asked of the API to score. */
export function scoreJobsCommand(): Command {
  return new Command("score-jobs")
    .description("list score jobs (POST /score-jobs of the API), the newest first")
    .option("--limit <n>", "how many", wholeNumber, 20)
    .addOption(lakeOption())
    .option("--json", "print them as JSON")
    .action(async (flags: { lake: string; limit: number; json?: boolean }) => {
      const directory = resolve(flags.lake);
      if (!existsSync(directory)) throw new NoLakeError(flags.lake);
      const jobs = await listScoreJobs(openFolderStore(directory), flags.limit);
      if (flags.json === true) {
        process.stdout.write(`${JSON.stringify(jobs, null, 2)}\n`);
        return;
      }
      const rows = jobs.map(({ id, status, shards, customers, input, output, error }) => [
        ...[id, error === null ? status : `${status}: ${error}`, `${shards.done} of ${shards.total ?? "?"}`],
        ...[customers === null ? "" : String(customers), input, output],
      ]);
      process.stdout.write(jobs.length === 0 ? "No score jobs.\n" : `${plainTable(HEAD, rows, ALIGNS)}\n`);
    });
}
