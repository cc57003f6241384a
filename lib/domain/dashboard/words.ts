import type { Summary } from "../run/summary.ts";

/** Words and small reckonings that the sentences of the page share. */

export const most = <T>(items: readonly T[], measure: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>(
    (best, item) => (best === undefined || measure(item) > measure(best) ? item : best),
    undefined,
  );

export const total = <T>(items: readonly T[], measure: (item: T) => number): number =>
  items.reduce((sum, item) => sum + measure(item), 0);

/** A title of one segment names it first; names at its beginning keep their capital. */
export function about(segment: string | null, title: string): string {
  if (segment === null) return title;
  const [first = ""] = title.split(" ", 1);
  return `${segment}: ${ORDINARY.has(first) ? first.toLowerCase() : first}${title.slice(first.length)}`;
}
const ORDINARY = new Set(["The", "All", "After", "Every", "No", "Nobody", "None", "Half", "One"]);

/** "one cluster", "6 clusters". */
export const clustersInWords = (k: number, count: (value: number) => string): string =>
  k === 1 ? "one cluster" : `${count(k)} clusters`;

type Policy = Pick<Summary["policy"], "frequencyBasis">;

/** What frequency above 1 means, as the run counted it. */
export const boughtAgain = ({ frequencyBasis }: Policy): string =>
  ({ active_days: "bought on more than one day", lines: "bought more than one line" })[frequencyBasis] ??
  "ordered more than once";

/** What frequency counts: "order", "day with a purchase", "line"; in the plural with more than one. */
export function frequencyUnit({ frequencyBasis }: Policy, count: number): string {
  const [one, many] = { active_days: ["day with a purchase", "days with a purchase"], lines: ["line", "lines"] }[
    frequencyBasis
  ] ?? ["order", "orders"];
  return (count === 1 ? one : many) as string;
}

/** Whether a month, by its first day, is not over on the snapshot date. */
export function isOpenMonth(month: string, snapshotDate: string): boolean {
  const next = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 1));
  return next.toISOString().slice(0, 10) > snapshotDate;
}

/** "recency, frequency and monetary value". */
export const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? "nothing") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
