import { once } from "node:events";
import { existsSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Command } from "commander";
import type { Config } from "../../../lib/domain/config/config.ts";
import { openCatalogOf, readLedger } from "../../../lib/local/lake/lakeLedger.ts";
import { postNews } from "../../../lib/local/notify/postNews.ts";
import { DropFileError } from "../../../lib/local/run/deliveryFiles.ts";
import { runLocally } from "../../../lib/local/run/runLocally.ts";
import { watchFolder } from "../../../lib/local/run/watchFolder.ts";
import { style as pc } from "../../terminal.ts";
import { configFrom, databaseOption, lakeOption, type PolicyFlags, policyOptions, wholeNumber } from "../options.ts";
import { newsText } from "./news.ts";

interface WatchFlags extends PolicyFlags {
  readonly lake: string;
  readonly databaseUrl?: string;
  readonly quietSeconds: number;
}

/** How long to wait for another run on the same lake, in milliseconds. */
const WAIT_MS = 60_000;

/** `rfm watch DIR`: micro-batches on a laptop. */
export function watchCommand(): Command {
  const command = new Command("watch")
    .description(
      "watch a folder, and segment again whenever files come into it or change: one run per batch, until Ctrl-C. What is in the history already is left alone; a file that cannot be read is named and set aside until it changes.",
    )
    .argument("<dir>", "the folder; hidden and half-written files in it are ignored")
    .addOption(lakeOption())
    .addOption(databaseOption())
    .option("--quiet-seconds <n>", "a batch begins when nothing has come for so long", wholeNumber, 5);
  for (const option of policyOptions()) command.addOption(option);
  return command.action((directory: string, flags: WatchFlags) =>
    watchUntilStopped(directory, flags, configFrom(flags)),
  );
}

async function watchUntilStopped(directory: string, flags: WatchFlags, config: Config): Promise<void> {
  if (!existsSync(directory))
    throw new DropFileError(directory, Object.assign(new Error("missing"), { code: "ENOENT" }));
  const say = (text: string): void =>
    void process.stdout.write(`${pc.dim(new Date().toISOString().slice(11, 19))} ${text}\n`);
  const names = (files: readonly string[]): string => files.map((file) => basename(file)).join(", ");
  const watching = watchFolder({
    directory: resolve(directory),
    quietMs: flags.quietSeconds * 1000,
    isKnown: (file, contentHash) => isInHistory(flags.lake, file, contentHash),
    run: async (files) => {
      const startedAt = performance.now();
      const { databaseUrl } = flags;
      const request = { lakeDirectory: flags.lake, files, config, waitMs: WAIT_MS };
      const { summary } = await runLocally({ ...request, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
      const news = await postNews(config, summary, process.env);
      if (news !== undefined) say(newsText(news));
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      say(`${names(files)}: run ${summary.runId}, ${summary.totals.customers} customers, ${seconds} s`);
      for (const finding of summary.drop?.findings ?? [])
        if (finding.level === "warn") say(pc.yellow(`! ${finding.message}`));
    },
    onRefused: (file, error) => say(pc.red(`${basename(file)} is set aside until it changes: ${error.message}`)),
    onFailed: (files, error) => say(pc.red(`${names(files)}: ${error.message} Tried again with the next batch.`)),
  });
  await watching.ready;
  say(`Watching ${resolve(directory)}; Ctrl-C ends it after the run that is going on.`);
  await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  await watching.close();
}

/** Whether the live history has the file as it is. */
async function isInHistory(lake: string, file: string, contentHash: string): Promise<boolean> {
  if (!existsSync(join(lake, "processed", "catalog.duckdb"))) return false;
  const engine = await openCatalogOf(lake, WAIT_MS);
  try {
    const name = basename(file);
    const isOf = (source: string): boolean =>
      source === name.replace(/\.(gz|zst)$/i, "") || source.startsWith(`${name}/`);
    const ledger = await readLedger(engine, resolve(lake));
    return ledger.some((entry) => entry.state === "live" && isOf(entry.source) && entry.contentHash === contentHash);
  } finally {
    engine.close();
  }
}
