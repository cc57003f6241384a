import {
  type AudienceColumn,
  type AudienceFilter,
  type AudienceRow,
  audienceCsvLine,
  audienceJsonLine,
  looksLikeFormula,
} from "../../domain/audience/audience.ts";
import { type HoldoutGroup, holdoutTest } from "../../domain/audience/holdout.ts";
import { replaceFile, writeText } from "./atomicFile.ts";
import { writeParquet } from "./parquetFile.ts";
import type { AudienceSource } from "./source.ts";

export const AUDIENCE_FORMATS = ["csv", "jsonl", "parquet"] as const;
export type AudienceFormat = (typeof AUDIENCE_FORMATS)[number];

export interface AudienceRequest {
  readonly source: AudienceSource;
  readonly filter: AudienceFilter;
  readonly holdout: HoldoutGroup;
  readonly columns: readonly AudienceColumn[];
  readonly format: AudienceFormat;
  /** The file to write; standard output without it. Parquet needs a file. */
  readonly out?: string;
  /** Leave text that a spreadsheet may take for a formula as it is (CSV). */
  readonly isRaw?: boolean;
}

export interface AudienceCounts {
  customers: number;
  heldOut: number;
  /** Cells of CSV that got an apostrophe. */
  guarded: number;
}

/** Customers of a run with the campaign's flag, counted on the way. */
export async function* audienceRows(
  { source, filter, holdout }: Pick<AudienceRequest, "source" | "filter" | "holdout">,
  counts: Pick<AudienceCounts, "customers" | "heldOut">,
): AsyncGenerator<AudienceRow[]> {
  const isHeldOut = holdoutTest(holdout);
  for await (const chunk of source.rows(filter)) {
    const rows = chunk.map((customer) => ({ ...customer, is_holdout: isHeldOut(customer.customer_id) }));
    counts.customers += rows.length;
    for (const row of rows) if (row.is_holdout) counts.heldOut++;
    yield rows as AudienceRow[];
  }
}

/**
 * Writes the customers of an audience, in the order of their ids, with their hold-out flag. The same run, filter and
 * hold-out group give the same bytes. A file appears whole or not at all.
 * @throws HoldoutError, OutputError
 */
export async function exportAudience(request: AudienceRequest): Promise<AudienceCounts> {
  const counts: AudienceCounts = { customers: 0, heldOut: 0, guarded: 0 };
  const rows = audienceRows(request, counts);
  const { format, columns, out } = request;
  if (format === "parquet") await replaceFile(out as string, (path) => writeParquet(path, columns, rows));
  else await writeText(out, format === "csv" ? csvText(request, rows, counts) : jsonText(columns, rows));
  return counts;
}

async function* csvText(
  { columns, isRaw }: Pick<AudienceRequest, "columns" | "isRaw">,
  chunks: AsyncIterable<readonly AudienceRow[]>,
  counts: Pick<AudienceCounts, "guarded">,
): AsyncGenerator<string> {
  const isGuarded = isRaw !== true;
  yield `${columns.join(",")}\n`;
  for await (const chunk of chunks) {
    if (isGuarded)
      for (const row of chunk) for (const column of columns) if (looksLikeFormula(row, column)) counts.guarded++;
    yield chunk.map((row) => audienceCsvLine(row, columns, isGuarded)).join("");
  }
}

async function* jsonText(
  columns: readonly AudienceColumn[],
  chunks: AsyncIterable<readonly AudienceRow[]>,
): AsyncGenerator<string> {
  for await (const chunk of chunks) yield chunk.map((row) => audienceJsonLine(row, columns)).join("");
}
