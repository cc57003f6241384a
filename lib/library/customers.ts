import { audienceFilter } from "../domain/audience/audience.ts";
import { decimalTextToUnits, formatTenThousandths } from "../domain/money.ts";
import type { RowOf } from "../tables/contract.ts";
import type { SEGMENTS } from "../tables/segments.ts";

type SegmentRow = RowOf<(typeof SEGMENTS)["columns"]>;

/** A customer as segmented: the columns of `segments.csv`. Money is exact decimal text, dates are ISO text. */
export type CustomerSegment = {
  readonly [Column in Exclude<keyof SegmentRow, "cluster_probability">]: Column extends "monetary"
    ? string
    : SegmentRow[Column];
} & {
  readonly run_id: string;
  /** Where the clusters are a mixture's. */
  readonly cluster_probability?: number;
};

/** Which customers: in any of the segments and in any of the clusters; all where none is named. */
export interface CustomerFilter {
  /** Names, in any case. */
  readonly segments?: readonly string[];
  /** Ids or labels. */
  readonly clusters?: readonly (string | number)[];
}

/**
 * The customers of a run, some thousand in memory at a time.
 * @param runId the current run without it. @throws NoRunError, UnknownNameError.
 */
export async function* customersOf(
  lakeDirectory: string,
  runId: string | undefined,
  { segments = [], clusters = [] }: CustomerFilter = {},
): AsyncGenerator<CustomerSegment> {
  const { openLakeAudience } = await import("../local/audience/lakeSource.ts");
  const { openFolderStore } = await import("../local/lake/folderStore.ts");
  const source = await openLakeAudience(openFolderStore(lakeDirectory), lakeDirectory, runId);
  try {
    const filter = audienceFilter({ segments, clusters: clusters.map(String) }, source);
    for await (const chunk of source.rows(filter))
      for (const { cluster_probability: probability, ...row } of chunk) {
        const ofMixture = probability === null ? {} : { cluster_probability: probability };
        yield { ...row, ...ofMixture, monetary: moneyText(row.monetary) } as CustomerSegment;
      }
  } finally {
    await source.close();
  }
}

/** As `segments.csv` writes it: two to four decimals. */
const moneyText = (value: unknown): string => formatTenThousandths(Number(decimalTextToUnits(String(value))));
