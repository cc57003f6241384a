import { daysBetween } from "../dates.ts";
import { finePercentText } from "../text/percent.ts";
import type { Finding, QualityFacts } from "./quality.ts";
import type { QualityRule } from "./qualityRule.ts";

/** What a rule finds wrong, or undefined. */
type Judge<Check extends QualityRule["check"]> = (
  rule: Extract<QualityRule, { check: Check }>,
  facts: QualityFacts,
) => string | undefined;

const MISSING_ROWS = {
  customer: "missing_customer_rows",
  order: "missing_order_rows",
  description: "missing_description_rows",
} as const;
const counted = (rows: number): string => rows.toLocaleString("en-US");
const percent = finePercentText;
const numberOf = (facts: QualityFacts, name: string): number => Number(facts.profile[name] ?? 0);
const rowsOf = (facts: QualityFacts): number => numberOf(facts, "row_count");
/** "shop.csv line 12", from the profile's sortable text; nothing where there is no such row. */
function placeOf(text: string | number | undefined): string {
  const found = /^0*(\d+) (.*)$/s.exec(String(text ?? ""));
  return found === null ? "" : `${found[2]} line ${found[1]}`;
}
const dayOf = (facts: QualityFacts, name: string): string => String(facts.profile[name] ?? "").slice(0, 10);

/** Median of the row counts of earlier drops. */
function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

const judges: { readonly [Check in QualityRule["check"]]: Judge<Check> } = {
  completeness: ({ column, atLeast }, facts) => {
    const missing = numberOf(facts, MISSING_ROWS[column]);
    if (1 - missing / rowsOf(facts) >= atLeast) return undefined;
    const first = column === "customer" ? placeOf(facts.profile.first_missing_customer) : "";
    return `${counted(missing)} of ${counted(rowsOf(facts))} rows (${percent(missing / rowsOf(facts))}) have no ${column}${first === "" ? "" : `, the first ${first}`}; at least ${percent(atLeast)} should.`;
  },
  uniqueness: ({ atLeast }, facts) => {
    const copies = numberOf(facts, "duplicate_rows");
    if (1 - copies / rowsOf(facts) >= atLeast) return undefined;
    return `${counted(copies)} of ${counted(rowsOf(facts))} rows (${percent(copies / rowsOf(facts))}) are exact copies, the first ${placeOf(facts.profile.first_duplicate)}; at least ${percent(atLeast)} should be unique.`;
  },
  range: ({ column, min, max }, facts) => {
    const [smallest, largest] = [facts.profile[`min_${column}`], facts.profile[`max_${column}`]];
    if (min !== undefined && smallest !== undefined && smallest !== "" && Number(smallest) < min)
      return `The smallest ${column} is ${Number(smallest)} (${placeOf(facts.profile[`min_${column}_at`])}); it should be at least ${min}.`;
    if (max !== undefined && largest !== undefined && largest !== "" && Number(largest) > max)
      return `The largest ${column} is ${Number(largest)} (${placeOf(facts.profile[`max_${column}_at`])}); it should be at most ${max}.`;
    return undefined;
  },
  dates: ({ from, to, maxGapDays }, facts) => {
    const [first, last] = [dayOf(facts, "first_ordered_at"), dayOf(facts, "last_ordered_at")];
    if (first === "") return undefined;
    if (from !== undefined && first < from) return `The first day is ${first}; it should not be before ${from}.`;
    if (to !== undefined && last > to) return `The last day is ${last}; it should not be after ${to}.`;
    const gap = numberOf(facts, "longest_gap_days");
    if (maxGapDays === undefined || gap <= maxGapDays) return undefined;
    return `No row for ${gap} days after ${dayOf(facts, "longest_gap_after")}; at most ${maxGapDays} are expected.`;
  },
  freshness: ({ maxAgeDays }, facts) => {
    const last = dayOf(facts, "last_ordered_at");
    if (last === "") return undefined;
    const age = daysBetween(last, facts.droppedOn);
    return age <= maxAgeDays
      ? undefined
      : `The newest row is of ${last}, ${age} days old; at most ${maxAgeDays} are expected.`;
  },
  rowCount: ({ min, max }, facts) => {
    const rows = rowsOf(facts);
    if (min !== undefined && rows < min) return `The drop has ${rows} rows; at least ${min} are expected.`;
    return max !== undefined && rows > max ? `The drop has ${rows} rows; at most ${max} are expected.` : undefined;
  },
  usualRows: ({ atLeast, atMost, afterDrops }, facts) => {
    const { earlierRows } = facts;
    if (earlierRows.length < afterDrops) return undefined;
    const usual = medianOf(earlierRows);
    const ratio = rowsOf(facts) / usual;
    if (usual === 0 || (ratio >= atLeast && ratio <= atMost)) return undefined;
    return `The drop has ${rowsOf(facts)} rows, ${percent(ratio)} of the usual ${usual} (median of the last ${earlierRows.length} drops); ${percent(atLeast)} to ${percent(atMost)} are expected.`;
  },
};

/**
 * Judges a drop by its rules: one finding for each that it breaks, naming the rule. An empty drop breaks none.
 * @param facts counts of `profile_ingest.sql`, rows of the drops before, and the day of the drop.
 */
export function judgeRules(rules: readonly QualityRule[], facts: QualityFacts): Finding[] {
  if (rowsOf(facts) === 0) return [];
  return rules.flatMap((rule, index) => {
    const judge = judges[rule.check] as Judge<QualityRule["check"]>;
    const wrong = judge(rule as never, facts);
    return wrong === undefined
      ? []
      : [{ level: rule.level, message: `${wrong} (quality.rules[${index}], ${rule.check})` }];
  });
}
