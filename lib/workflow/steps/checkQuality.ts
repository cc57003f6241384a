import type { Config } from "../../domain/config/config.ts";
import { SegmentationError } from "../../domain/errors.ts";
import { decimalTextToUnits, unitsToNumber } from "../../domain/money.ts";
import { type GonePart, judgeGoneParts } from "../../domain/quality/goneParts.ts";
import { judgeOverlaps, type Overlap } from "../../domain/quality/overlap.ts";
import { type Finding, judgeDrop, judgeNothingKept, type QualityFacts } from "../../domain/quality/quality.ts";
import { judgeRules } from "../../domain/quality/qualityRules.ts";
import type { LedgerLine } from "../../domain/run/summary.ts";
import type { RowOf } from "../../tables/contract.ts";
import type { STAGES } from "../../tables/stages.ts";
import { readJson, writeJson } from "../lake/json.ts";
import { ingestPrefix, qualityKey, readingKey } from "../lake/layout.ts";
import { readStage } from "../lake/readTable.ts";
import { loadConfig } from "../start/configuration.ts";
import type { IngestRecord } from "./ingest.ts";
import type { IngestState, QualityVerdict, StepPorts } from "./state.ts";

/** Rows in are not rows kept plus rows dropped: a fault of ours, so nothing may be published. */
export class LedgerImbalanceError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown>) {
    super("LEDGER_IMBALANCE", `${message} Nothing was changed. Please report this with the file.`, context);
  }
}

/** `quality.json`: the ledger of a drop and what was found in it. */
export interface QualityReport {
  readonly ingestId: string;
  readonly rowsIn: number;
  readonly ledger: readonly LedgerLine[];
  readonly facts: QualityFacts;
  readonly findings: readonly Finding[];
  /** What the drop shares with other sources. */
  readonly overlaps: readonly Overlap[];
}

/**
 * Balances the ledger of the drop and judges it by the thresholds of the configuration.
 * @throws LedgerImbalanceError when rows or money in are not those kept plus those dropped.
 */
export async function checkQuality(ports: StepPorts, state: IngestState): Promise<QualityVerdict> {
  const { ingestId, rows } = state.drop;
  const config: Config = await loadConfig(ports.store, state.configKey);
  const prefix = ingestPrefix(ingestId);
  const outcomes = await readStage(ports.store, "reconcile", prefix);
  const [profile = {}] = await readStage(ports.store, "profile", prefix);
  const earlier = await readStage(ports.store, "earlier_drops", prefix);
  balance(outcomes, rows, String("amount" in profile ? profile.amount : "0"));
  const ledger = ledgerOf(outcomes);
  const record = await readJson<IngestRecord>(ports.store, readingKey(ingestId));
  const facts = factsOf(ledger, profile, earlier, state.asOf.slice(0, 10));
  const gone = state.drop.hasFolders ? await goneParts(ports.store, prefix) : [];
  // What goes with this drop is no rival of what it brings.
  const overlaps = (await readStage(ports.store, "overlap", prefix))
    .map(overlapOf)
    .filter(({ otherSource }) => !gone.some(({ source }) => source === otherSource));
  const findings = [
    ...judgeDrop(facts, config.quality),
    ...judgeNothingKept(facts),
    ...judgeRules(config.quality.rules, facts),
    ...judgeOverlaps(overlaps, config),
    ...judgeGoneParts(gone),
    ...record.findings,
    ...record.notes.map((message) => ({ level: "info" as const, message })),
  ];
  const report: QualityReport = { ingestId, rowsIn: rows, ledger, facts, findings, overlaps };
  await writeJson(ports.store, qualityKey(ingestId), report);
  const refusals = findings.filter((finding) => finding.level === "refuse");
  const verdict = refusals.length > 0 ? "refuse" : findings.some((f) => f.level === "warn") ? "warn" : "pass";
  return { verdict, reason: refusals.map((finding) => finding.message).join(" "), qualityKey: qualityKey(ingestId) };
}

async function goneParts(store: StepPorts["store"], prefix: string): Promise<GonePart[]> {
  const rows = await readStage(store, "gone_parts", prefix);
  return rows.map(({ source, rows_in }) => ({ source, rows: rows_in }));
}

/** Rows with one outcome, and their money as exact decimal text. */
interface OutcomeRows {
  readonly outcome: string;
  readonly row_count: number;
  readonly amount: string;
}

/** Ledger lines by outcome, kept first, then by number of rows. */
export function ledgerOf(rows: readonly OutcomeRows[]): LedgerLine[] {
  const byReason = new Map<string, { rows: number; units: bigint }>();
  for (const row of rows) {
    const reason = row.outcome;
    const line = byReason.get(reason) ?? { rows: 0, units: 0n };
    byReason.set(reason, {
      rows: line.rows + row.row_count,
      units: line.units + decimalTextToUnits(row.amount),
    });
  }
  const lines = [...byReason].map(([reason, line]) => ({ reason, rows: line.rows, amount: unitsToNumber(line.units) }));
  const rank = (line: LedgerLine): number => (line.reason === "kept" ? 0 : 1);
  return lines.sort((a, b) => rank(a) - rank(b) || b.rows - a.rows || (a.reason < b.reason ? -1 : 1));
}

function balance(outcomes: readonly OutcomeRows[], rowsIn: number, amountIn: string): void {
  const rowsOut = outcomes.reduce((sum, row) => sum + row.row_count, 0);
  if (rowsOut !== rowsIn) {
    throw new LedgerImbalanceError(`${rowsIn} rows came in, but ${rowsOut} are kept or dropped.`, { rowsIn, rowsOut });
  }
  const unitsIn = decimalTextToUnits(amountIn);
  const unitsOut = outcomes.reduce((sum, row) => sum + decimalTextToUnits(row.amount), 0n);
  if (unitsIn !== unitsOut) {
    const context = { amountIn: unitsToNumber(unitsIn), amountOut: unitsToNumber(unitsOut) };
    throw new LedgerImbalanceError(
      `${context.amountIn} of money came in, but ${context.amountOut} is kept or dropped.`,
      context,
    );
  }
}

function factsOf(
  ledger: readonly LedgerLine[],
  profile: Readonly<Record<string, unknown>>,
  earlier: readonly { readonly row_count: number }[],
  droppedOn: string,
): QualityFacts {
  const numbers = Object.entries(profile).map(([name, value]) => [
    name,
    typeof value === "number" ? value : String(value ?? ""),
  ]);
  return {
    rowsByReason: Object.fromEntries(ledger.map((line) => [line.reason, line.rows])),
    profile: Object.fromEntries(numbers),
    earlierRows: earlier.map(({ row_count }) => row_count),
    droppedOn,
  };
}

function overlapOf(row: RowOf<typeof STAGES.overlap.columns>): Overlap {
  return {
    source: row.source,
    otherSource: row.other_source,
    sharedOrders: row.shared_orders,
    identicalLines: row.identical_lines,
    identicalAmount: row.identical_amount,
    ownLines: row.own_lines,
    otherLines: row.other_lines,
    orderLines: row.order_lines,
  };
}
