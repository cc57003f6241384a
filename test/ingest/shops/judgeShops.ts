import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { customerIdOf } from "../../../lib/domain/customerId.ts";
import { meaningOfStatus } from "../../../lib/domain/quality/statuses.ts";
import { IngestError } from "../../../lib/ingest/errors.ts";
import { readingSettings } from "../../../lib/workflow/sql/readingSettings.ts";
import type { openWorkbench, Row } from "../helpers.ts";
import { randomShop, type Truth, truthOf } from "./randomShop.ts";
import { expectedId, renderShop } from "./renderShop.ts";

const CONFIG = parseConfig({}, "defaults");

/** The rows of a Parquet file of canonical rows. */
async function canonicalRows(path: string): Promise<Row[]> {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path) });
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, value == null ? null : String(value)])),
  );
}

/** What became of a rendering. */
export interface Judged {
  readonly seed: string;
  readonly verdict: "right" | "asked" | "wrong";
  /** Code of the question, or what differs. */
  readonly why: string;
  readonly layout: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** Above this share of rows that cannot be read the run itself refuses. */
const REFUSED_SHARE = CONFIG.quality.invalid.refuse;

const NUMBER = /^-?\d+(\.\d+)?$/;
const DATE = /^[1-9]\d{3}-\d{2}-\d{2}( \d{2}:\d{2}:\d{2}(\.\d{1,6})?)?$/;
const cents = (text: string): number => Math.round(Number(text) * 10_000) / 100;

/** Worth of a canonical row in cents; undefined where it cannot be read. */
function worthOf(row: Row): number | undefined {
  const numbers = [row.quantity, row.unit_price, row.amount];
  if (numbers.some((value) => value != null && !NUMBER.test(value))) return undefined;
  if (row.amount != null) return cents(row.amount);
  return row.quantity == null || row.unit_price == null ? undefined : Number(row.quantity) * cents(row.unit_price);
}

/** What the product makes of canonical rows under its default policy. Undefined where it refuses them. */
function foundIn(rows: readonly Row[], basis: "orders" | "days"): Truth | undefined {
  const found = new Map<string, { last: string; visits: Set<string>; cents: number }>();
  const seen = new Set<string>();
  let invalid = 0;
  for (const { line_number: _line, ...row } of rows) {
    const [worth, date] = [worthOf(row), row.order_date ?? ""];
    if (worth === undefined || !DATE.test(date) || row.unreadable != null) {
      invalid++;
      continue;
    }
    const customer = row.customer_id == null ? undefined : customerIdOf(row.customer_id);
    // An order or a time of day says that two equal rows cannot be two purchases.
    const isCopy = (row.order_id != null || / (?!00:00:00)/.test(date)) && seen.has(JSON.stringify(row));
    seen.add(JSON.stringify(row));
    const meaning = row.order_status == null ? "kept" : meaningOfStatus(row.order_status, CONFIG.statuses);
    const isKept = meaning === "kept" || meaning === "unknown";
    if (customer === undefined || isCopy || !isKept || worth <= 0 || Number(row.quantity ?? 1) <= 0) continue;
    const known = found.get(customer) ?? { last: "", visits: new Set<string>(), cents: 0 };
    const day = date.slice(0, 10);
    known.visits.add(basis === "orders" ? (row.order_id ?? `day ${day}`) : day);
    found.set(customer, { ...known, last: day > known.last ? day : known.last, cents: known.cents + worth });
  }
  if (invalid > REFUSED_SHARE * rows.length) return undefined;
  return new Map(
    [...found].map(([id, { last, visits, cents: sum }]) => [
      id,
      { last, frequency: visits.size, cents: Math.round(sum) },
    ]),
  );
}

const entries = (truth: Truth): string[] => [...truth].map((entry) => JSON.stringify(entry)).sort();

/** The customers who differ, as the shop and as the product have them; empty where all are alike. */
function difference(wanted: Truth, found: Truth): string {
  const [ours, theirs] = [entries(wanted), entries(found)];
  const only = (some: readonly string[], others: readonly string[]): string =>
    some
      .filter((entry) => !others.includes(entry))
      .slice(0, 4)
      .join(" ");
  const [missing, extra] = [only(ours, theirs), only(theirs, ours)];
  return missing + extra === "" ? "" : `wanted ${missing} found ${extra}`;
}

/** Renders the shop of a seed, reads it, and compares. */
export async function judgeShop(seed: string, bench: ReturnType<typeof openWorkbench>): Promise<Judged> {
  const shop = randomShop(seed);
  const { bytes, name, text, hasOrders, mustAsk, layout } = renderShop(shop, seed);
  const judged = { seed, layout, text };
  try {
    const { policy } = readingSettings(CONFIG);
    const { outputPath } = await bench.read([bench.write(bytes, name)], { policy });
    const found = foundIn(await canonicalRows(outputPath), hasOrders ? "orders" : "days");
    if (found === undefined) return { ...judged, verdict: "asked", why: "invalid" };
    const truth = truthOf(shop, hasOrders ? "orders" : "days");
    const wanted = new Map([...truth].map(([id, value]) => [expectedId(id, layout), value]));
    const why = mustAsk ? "read days that the file does not name" : difference(wanted, found);
    return { ...judged, verdict: why === "" ? "right" : "wrong", why };
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    return { ...judged, verdict: "asked", why: error.code };
  }
}
