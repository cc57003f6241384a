import { audienceFilter } from "../domain/audience/audience.ts";
import { decimalTextToUnits, formatTenThousandths } from "../domain/money.ts";
import { type Column, columnNames, type RowOf } from "../tables/contract.ts";
import { SEGMENTS } from "../tables/segments.ts";

type SegmentColumns = (typeof SEGMENTS)["columns"];
type SegmentRow = RowOf<SegmentColumns>;

/**
 * A customer as segmented: the columns of `segments.csv`. Money is exact decimal text, dates are ISO text; null where a
 * run has no forecast.
 */
export type CustomerSegment = {
  readonly [Name in Exclude<keyof SegmentRow, "cluster_probability">]: SegmentColumns[Name] extends Column<"money">
    ? string | Extract<SegmentRow[Name], null>
    : SegmentRow[Name];
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
        const money = Object.fromEntries(MONEY.map((name) => [name, moneyText(row[name])]));
        yield { ...row, ...ofMixture, ...money } as CustomerSegment;
      }
  } finally {
    await source.close();
  }
}

/** As `segments.csv` writes it: two to four decimals. */
const moneyText = (value: unknown): string | null =>
  value === null ? null : formatTenThousandths(Number(decimalTextToUnits(String(value))));
const MONEY = columnNames(SEGMENTS).filter(
  (name): name is Exclude<typeof name, "cluster_probability"> => SEGMENTS.columns[name].holds === "money",
);
