import { keptMoney } from "../../../lib/domain/dashboard/analysisTitles.ts";
import { createFormat } from "../../../lib/domain/dashboard/format.ts";
import type { LedgerLine, Summary } from "../../../lib/domain/run/summary.ts";
import { percentText } from "../../../lib/domain/text/percent.ts";
import { style as pc } from "../../terminal.ts";
import { plainTable } from "../table.ts";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** What was found in the delivery, the warnings first; empty where there is nothing to say. */
export function findingsPart({ drop, history }: Summary): string {
  const found = drop?.findings ?? [];
  const mixed = `The history names ${history.currencies} currencies, and its sums mix them: drop all files again with --rates FILE.`;
  const warnings = found.filter(({ level }) => level !== "info").map(({ message }) => message);
  const notes = found.filter(({ level }) => level === "info").map(({ message }) => message);
  if (history.currencies > 1) warnings.unshift(mixed);
  return [
    ...warnings.map((message) => `${pc.yellow("!")} ${message}`),
    ...notes.map((message) => `${pc.cyan("i")} ${message}`),
  ].join("\n");
}

/** The rows that came in, those that count and why the others do not. */
export function rowsPart(summary: Summary): string {
  const { drop, history } = summary;
  const onlyDrop = drop !== null && history.sources === drop.sources.length;
  const table = ledgerTable(history.ledger, history.rowsIn);
  const title = onlyDrop ? "Rows" : `Rows of the whole history, ${history.sources} sources`;
  const dropLine =
    drop === null || onlyDrop
      ? []
      : [`This drop: ${whole.format(drop.rowsIn)} rows from ${drop.sources.map((s) => s.source).join(", ")}`];
  const kept = keptMoney(summary, createFormat({ locale: "en-US", currency: null }));
  return [pc.bold(title), table, ...(kept === null ? [] : [kept]), ...dropLine].join("\n");
}

function ledgerTable(ledger: readonly LedgerLine[], rowsIn: number): string {
  const amountIn = ledger.reduce((sum, line) => sum + line.amount, 0);
  const lines = ledger.map((line) => [
    line.reason === "kept" ? "kept" : `dropped: ${line.reason.replaceAll("_", " ")}`,
    whole.format(line.rows),
    percentText(line.rows / Math.max(1, rowsIn)),
    money.format(line.amount),
  ]);
  const first = ["in", whole.format(rowsIn), "", money.format(amountIn)];
  return plainTable(["", "rows", "share", "money"], [first, ...lines], ["left", "right", "right", "right"]);
}
