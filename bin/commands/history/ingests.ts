import { resolve } from "node:path";
import { Command } from "commander";
import { openLake } from "../../../lib/library/lake.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import type { LedgerEntry } from "../../../lib/local/lake/lakeLedger.ts";
import { style as pc } from "../../terminal.ts";
import { lakeOption } from "../options.ts";
import { tellUnproven } from "../run/unproven.ts";
import { plainTable } from "../table.ts";

const HASH_DIGITS = 10;

/** `rfm ingests`: the ledger of the lake, that is what counts and what did. */
export function ingestsCommand(): Command {
  return new Command("ingests")
    .description("list what was dropped and removed; the live entries are the history")
    .addOption(lakeOption())
    .option("--live", "only what counts now")
    .option("--json", "print the entries as JSON")
    .action(async (flags: { lake: string; live?: boolean; json?: boolean }) => {
      const all = await openLake(flags.lake).ingests();
      const entries = flags.live === true ? all.filter(({ state }) => state === "live") : all;
      await tellUnproven(openFolderStore(resolve(flags.lake)));
      process.stdout.write(flags.json === true ? `${JSON.stringify(entries, null, 2)}\n` : renderLedger(entries));
    });
}

/** The entries as a table, the latest first, with what is live added up. */
export function renderLedger(entries: readonly LedgerEntry[]): string {
  if (entries.length === 0) return "Nothing was committed to this lake so far.\n";
  const head = ["", "source", "dropped (UTC)", "rows", "kept", "money", "from", "to", "content", "ingest"];
  const rows = entries.map((entry) => [
    entry.state === "live" ? pc.green("live") : pc.dim(entry.state),
    entry.source,
    entry.committedAt.slice(0, 16).replace("T", " "),
    count(entry.rows),
    entry.keptRows === null ? "" : count(entry.keptRows),
    entry.keptAmount === null ? "" : money(entry.keptAmount),
    entry.firstDate ?? "",
    entry.lastDate ?? "",
    entry.contentHash?.slice(0, HASH_DIGITS) ?? "",
    entry.ingestId,
  ]);
  const live = entries.filter(({ state }) => state === "live");
  const total = live.reduce((sum, { rows: lines }) => sum + lines, 0);
  const table = plainTable(head, rows, ["left", "left", "left", "right", "right", "right"]);
  return `${table}\n${pc.dim(`${live.length} live source${live.length === 1 ? "" : "s"}, ${count(total)} rows. An earlier state: rfm run --as-of-ingest INGEST. Taking a source out: rfm forget SOURCE.`)}\n`;
}

const count = (rows: number): string => rows.toLocaleString("en-US");
/** Exact decimal text with two decimals and thousands apart; longer fractions are cut here, and whole in the JSON. */
const money = (text: string): string =>
  text.replace(
    /^(-?\d+)(?:\.(\d{0,2})\d*)?$/,
    (_all, whole: string, cents = "") => `${whole.replace(/\B(?=(\d{3})+$)/g, ",")}.${cents.padEnd(2, "0")}`,
  );
