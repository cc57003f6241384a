import { columnNames } from "../../tables/contract.ts";
import { AUDIENCE, SEGMENT_COLUMNS } from "../../tables/segments.ts";
import { idOfLetter } from "../clustering/identity/profiles.ts";
import { SegmentationError } from "../errors.ts";
import { decimalTextToUnits, formatTenThousandths } from "../money.ts";
import { csvField } from "../text/csv.ts";
import { nearest } from "../text/suggest.ts";

export type AudienceColumn = keyof typeof AUDIENCE.columns;
/** Columns that can be asked for. */
const ALL_COLUMNS = columnNames(AUDIENCE);
/** Columns of an audience, in the order in which they are written where nobody chose others. */
export const AUDIENCE_COLUMNS: readonly AudienceColumn[] = [...SEGMENT_COLUMNS, "is_holdout"];

/** Columns by which customers can be sorted. */
const SORTABLE = ALL_COLUMNS.filter((name) => !["text", "flag"].includes(AUDIENCE.columns[name].holds));

/**
 * One customer of an audience: money as exact decimal text, dates as ISO text, no cluster where the database has none.
 */
export type AudienceRow = Readonly<Record<AudienceColumn, string | number | boolean | null>>;

/** A cluster as people name it. */
export interface ClusterName {
  readonly id: number;
  readonly label: string;
}

/** Which customers: in any of the segments (all where none is named) and in any of the clusters. */
export interface AudienceFilter {
  readonly segments: readonly string[];
  readonly clusterIds: readonly number[];
  /** By what customers are expected to do; absent for whatever that is. */
  readonly forecast?: ForecastFilter;
  /** Absent: in the order of their ids. */
  readonly order?: AudienceOrder;
}

/** Customers without a forecast are in none of these. */
export interface ForecastFilter {
  /** At least so much is expected of them in the next 90 days. */
  readonly minExpectedValue?: number;
  /** The probability that they have not left is below this, 0..1. */
  readonly pAliveBelow?: number;
}

/** Conditions on the columns of segments, in SQL that all engines read; numbers are written plainly. */
export function forecastConditions({ minExpectedValue, pAliveBelow }: ForecastFilter): string[] {
  return [
    ...(minExpectedValue === undefined ? [] : [`expected_value_90d >= ${plainNumber(minExpectedValue)}`]),
    ...(pAliveBelow === undefined ? [] : [`p_alive < ${plainNumber(pAliveBelow)}`]),
  ];
}

const plainNumber = (value: number): string =>
  value.toLocaleString("en-US", { useGrouping: false, maximumFractionDigits: 12 });

/** By which column customers are sorted, and how many of the first are taken. Missing cells come last, ties by id. */
export interface AudienceOrder {
  readonly by: AudienceColumn;
  readonly isAscending: boolean;
  /** Absent: all. */
  readonly top?: number;
}

/**
 * The order that a word from a person means: a column's name, with hyphens as well and without the "d" of days, the
 * largest first unless `:asc` follows.
 * @throws UnknownNameError
 * @example
 * ```ts
 * audienceOrder("expected-value-90"); // → { by: "expected_value_90d", isAscending: false }
 * ```
 */
export function audienceOrder(word: string, top?: number): AudienceOrder {
  const [, name = word, direction = "desc"] = /^(.*?)(?::(asc|desc))?$/.exec(word.trim().toLowerCase()) ?? [];
  const column = name.replaceAll("-", "_");
  const by = SORTABLE.find((known) => known === column || known === `${column}d`) ?? oneOf("column", word, SORTABLE);
  return { by, isAscending: direction === "asc", ...(top === undefined ? {} : { top }) };
}

/** The order as SQL that all engines read. @param of the table's name and a dot, where columns need it. */
export function orderBy(order: AudienceOrder | undefined, of = ""): string {
  if (order === undefined) return `order by ${of}customer_id`;
  return `order by ${of}${order.by} ${order.isAscending ? "asc" : "desc"} nulls last, ${of}customer_id`;
}

/** A segment, cluster or column that does not exist; the message names the nearest one. */
export class UnknownNameError extends SegmentationError {
  constructor(kind: "segment" | "cluster" | "column" | "run", word: string, known: readonly string[]) {
    const said = `There is no ${kind} "${word}"${nearest(word, known)}`;
    const listed = kind === "run" ? `${said.endsWith("?") ? "" : "."} \`rfm runs\` lists them.` : "";
    super(`UNKNOWN_${kind.toUpperCase()}`, `${said}${listed}`, { word, known });
  }
}

function oneOf<Name extends string>(kind: "segment" | "column", word: string, known: readonly Name[]): Name {
  const asked = word.trim().toLowerCase();
  const found = known.find((name) => name === word) ?? known.find((name) => name.toLowerCase() === asked);
  if (found === undefined) throw new UnknownNameError(kind, word, known);
  return found;
}

/**
 * The columns that were asked for, all where none was. @throws UnknownNameError
 * @example
 * ```ts
 * audienceColumns(["Monetary", "customer_id"]); // → ["monetary", "customer_id"]
 * ```
 */
export function audienceColumns(words: readonly string[]): readonly AudienceColumn[] {
  if (words.length === 0) return AUDIENCE_COLUMNS;
  return [...new Set(words.map((word) => oneOf("column", word, ALL_COLUMNS)))];
}

/**
 * The filter that words from a person mean: segment names in any case, clusters by id, label or letter.
 * @throws UnknownNameError
 */
export function audienceFilter(
  asked: {
    readonly segments: readonly string[];
    readonly clusters: readonly string[];
    readonly forecast?: ForecastFilter;
    readonly order?: AudienceOrder;
  },
  known: { readonly segments: readonly string[]; readonly clusters: readonly ClusterName[] },
): AudienceFilter {
  const segments = asked.segments.map((word) => oneOf("segment", word, known.segments));
  const clusterIds = asked.clusters.flatMap((word) => {
    const asked = word.trim().toLowerCase();
    const isMeant = ({ id, label }: ClusterName): boolean => String(id) === asked || label.toLowerCase() === asked;
    const byName = known.clusters.filter(isMeant);
    // A shop may call a cluster "B": then the word means that one.
    const meant = byName.length > 0 ? byName : known.clusters.filter(({ id }) => id === idOfLetter(asked));
    const names = known.clusters.flatMap(({ id, label }) => [label, String(id)]);
    if (meant.length === 0) throw new UnknownNameError("cluster", word, names);
    return meant.map(({ id }) => id);
  });
  return {
    ...{ segments: [...new Set(segments)], clusterIds: [...new Set(clusterIds)].sort((a, b) => a - b) },
    ...(asked.forecast === undefined ? {} : { forecast: asked.forecast }),
    ...(asked.order === undefined ? {} : { order: asked.order }),
  };
}

/**
 * What a spreadsheet may take for a formula, and the apostrophe itself, so that cutting one off always gives the text
 * back.
 */
const FORMULA_START = /^[=+\-@\t\r\n'＝＋－＠]/u;
const TEXT_COLUMNS: ReadonlySet<AudienceColumn> = new Set(["customer_id", "rfm_segment", "cluster_label"]);

/** Whether a cell would be written with an apostrophe before it (OWASP, "CSV Injection"). Numbers never are. */
export function looksLikeFormula(row: AudienceRow, column: AudienceColumn): boolean {
  const value = row[column];
  return typeof value === "string" && TEXT_COLUMNS.has(column) && FORMULA_START.test(value);
}

/** Text of a cell as segments.csv has it: money with two to four decimals, other real numbers with six. */
function cellText(row: AudienceRow, column: AudienceColumn): string {
  const value = row[column];
  if (value === null) return "";
  const { holds } = AUDIENCE.columns[column];
  if (holds === "money") return formatTenThousandths(Number(decimalTextToUnits(String(value))));
  return holds === "real" ? Number(value).toFixed(6) : String(value);
}

/** One line of CSV. With `isGuarded`, text that looks like a formula gets an apostrophe. */
export function audienceCsvLine(row: AudienceRow, columns: readonly AudienceColumn[], isGuarded: boolean): string {
  const cells = columns.map((column) => {
    const text = cellText(row, column);
    return csvField(isGuarded && looksLikeFormula(row, column) ? `'${text}` : text);
  });
  return `${cells.join(",")}\n`;
}

const isExactColumn = (column: AudienceColumn): boolean => ["money", "real"].includes(AUDIENCE.columns[column].holds);

/** One line of JSON; money is a number, written exactly. */
export function audienceJsonLine(row: AudienceRow, columns: readonly AudienceColumn[]): string {
  const members = columns.map((column) => {
    const isExact = isExactColumn(column) && row[column] !== null;
    return `${JSON.stringify(column)}:${isExact ? cellText(row, column) : JSON.stringify(row[column])}`;
  });
  return `{${members.join(",")}}\n`;
}
