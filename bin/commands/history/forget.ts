import { resolve } from "node:path";
import { Command } from "commander";
import { type ErasureReport, eraseCustomer } from "../../../lib/local/erasure/eraseCustomer.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { openCatalogOf, readLedger, removeSource } from "../../../lib/local/lake/lakeLedger.ts";
import { UnknownSourceError } from "../../../lib/workflow/ledger/forgetSource.ts";
import { configFrom, databaseOption, lakeOption } from "../options.ts";
import { confirm, NotConfirmedError } from "../run/confirm.ts";
import { segmentAndReport } from "../run/run.ts";
import { tellUnproven } from "../run/unproven.ts";

interface ForgetFlags {
  readonly lake: string;
  readonly databaseUrl?: string;
  readonly yes?: boolean;
  readonly refresh?: boolean;
  readonly customer?: string;
}

/** How long to wait for a run that is going on, in milliseconds. */
const WAIT_MS = 10_000;

/** `rfm forget SOURCE`: takes a source out of the history; `--customer ID` erases a person everywhere. */
export function forgetCommand(): Command {
  return new Command("forget")
    .description("take a dropped file out of the history, or erase one customer from the whole lake")
    .argument("[source]", "name of the source, as `rfm ingests` lists it; dropping it again brings it back")
    .option("--customer <id>", "erase this customer everywhere, files as dropped included, for good")
    .addOption(lakeOption())
    .addOption(databaseOption("erase in this PostgreSQL instead of the lake's own, where segments were loaded into it"))
    .option("--yes", "do not ask")
    .option("--refresh", "segment what is left right away, with the settings of rfm.config.json")
    .action(async (source: string | undefined, flags: ForgetFlags) => {
      if ((source === undefined) === (flags.customer === undefined))
        throw new NotConfirmedError("Name a source, or a customer with --customer ID: one of the two.");
      if (source !== undefined) await forgetSource(source, flags);
      if (flags.customer !== undefined) await forgetCustomer(flags.customer, flags);
      if (flags.refresh === true) await segmentAndReport([], { wait: 60, ...flags }, configFrom({}));
    });
}

async function forgetSource(source: string, flags: ForgetFlags): Promise<void> {
  const lakeDirectory = resolve(flags.lake);
  const engine = await openCatalogOf(flags.lake, WAIT_MS);
  try {
    const entries = await readLedger(engine, lakeDirectory);
    const live = entries.filter(({ state }) => state === "live");
    const entry = live.find((candidate) => candidate.source === source);
    if (entry === undefined) {
      const [last] = entries.filter((candidate) => candidate.source === source);
      // Killed between the two, the command goes on where it was.
      if (last?.state === "removal" && flags.refresh === true) {
        process.stdout.write(`${source} is out of the history already, since ${last.committedAt}.\n`);
        return;
      }
      throw new UnknownSourceError(
        source,
        live.map((candidate) => candidate.source),
      );
    }
    const period = entry.firstDate === null ? "" : ` of ${entry.firstDate} to ${entry.lastDate}`;
    await confirm(
      `${source} has ${entry.rows} rows${period}, ${entry.keptRows ?? "?"} of them kept with ${entry.keptAmount ?? "?"} of money. From the next run on they do not count; ${live.length - 1} other sources do. Take it out?`,
      flags,
    );
    await removeSource(engine, lakeDirectory, source, { now: () => new Date() });
  } finally {
    engine.close();
  }
  const next = flags.refresh === true ? "" : " `rfm run` segments what is left.";
  process.stdout.write(
    `${source} is out of the history; its rows stay in the lake for runs as of earlier (rfm run --as-of).${next}\n`,
  );
}

async function forgetCustomer(customerId: string, flags: ForgetFlags): Promise<void> {
  await confirm(
    "Every line of this customer goes from the history, from all runs and their files, and from the database; files as dropped that hold such lines are removed, their other rows stay. There is no way back. Erase the customer?",
    flags,
  );
  const report = await eraseCustomer({
    lakeDirectory: flags.lake,
    customerId,
    waitMs: WAIT_MS,
    clock: { now: () => new Date() },
    ...(flags.databaseUrl === undefined ? {} : { databaseUrl: flags.databaseUrl }),
  });
  process.stdout.write(renderErasure(report));
  await tellUnproven(openFolderStore(flags.lake));
}

/** What was done, and what the search found; the customer's id is not in it. */
function renderErasure({ erasureId, files, database, proof }: ErasureReport): string {
  const megabytes = (proof.bytesSearched / 1e6).toFixed(1);
  const elsewhere = Object.entries(proof.elsewhere).map(([key, count]) => `  ${key}: ${count}`);
  return [
    `Erased (${erasureId}): ${files.rewritten.length} files written anew, ${files.removed.length} removed, the catalog and ${database.runs.length} runs of the database made anew.`,
    ...files.removed.map((key) => `  removed: ${key}`),
    ...database.lostRuns.map((runId) => `  no longer in the database, for the lake lacks its files: run ${runId}`),
    `Searched ${proof.filesSearched} files, ${megabytes} MB, decoded to their values, and every table: the customer is in none.`,
    ...proof.unreadable.map((key) => `  damaged or encrypted, so nobody can say whether it holds the customer: ${key}`),
    ...(elsewhere.length === 0 ? [] : ["The same text stands for something else in:", ...elsewhere]),
    "Copies outside the lake (exports, --out folders, backups, a server's own log) are not known here.",
    "",
  ].join("\n");
}
