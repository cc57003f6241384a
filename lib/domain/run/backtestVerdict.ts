import { percentText } from "../text/percent.ts";
import { differenceIntervals, type Interval, type ResampleOptions } from "./bootstrap.ts";

/** What two ways to choose the same number of customers found afterwards. */
export interface Contest {
  /** Customers of the leading segments, whole segments until a fifth of all are in. */
  readonly chosen: number;
  readonly leading: readonly string[];
  /** Shares of the money spent afterwards, and of the chosen customers who bought. */
  readonly bySegment: { readonly revenue: number; readonly buyers: number };
  readonly bySpend: { readonly revenue: number; readonly buyers: number };
  /** Of the differences, segment minus spend. */
  readonly revenueDifference: Interval;
  readonly buyersDifference: Interval;
}

export interface ContestInput {
  readonly segmentOf: readonly string[];
  /** Best first. */
  readonly segmentOrder: readonly string[];
  /** Rows by past spend, the most first. */
  readonly spendOrder: ArrayLike<number>;
  /** Money and orders of the days held out. */
  readonly spend: ArrayLike<number>;
  readonly bought: ArrayLike<number>;
}

/** Share of the customers that a campaign for the best would address. */
const LEADING_SHARE = 0.2;

/** The leading segments against as many customers with the highest spend so far. Undefined where nobody is left out. */
export function contest(input: ContestInput, options: ResampleOptions): Contest | undefined {
  const n = input.segmentOf.length;
  const leading: string[] = [];
  let chosen = 0;
  for (const name of input.segmentOrder) {
    if (chosen >= LEADING_SHARE * n) break;
    const customers = input.segmentOf.filter((segment) => segment === name).length;
    if (customers > 0) leading.push(name);
    chosen += customers;
  }
  if (chosen === 0 || chosen === n) return undefined;
  const bySegment = Uint8Array.from(input.segmentOf, (name) => (leading.includes(name) ? 1 : 0));
  const bySpend = new Uint8Array(n);
  for (let rank = 0; rank < chosen; rank++) bySpend[input.spendOrder[rank]] = 1;
  const total = sumOver(input.spend, undefined);
  const found = (rows: Uint8Array) => ({
    revenue: total > 0 ? sumOver(input.spend, rows) / total : 0,
    buyers: sumOver(input.bought, rows) / chosen,
  });
  const of = (values: ArrayLike<number>, rows: Uint8Array) =>
    Float64Array.from(rows, (isChosen, row) => values[row] * isChosen);
  const [revenueDifference, buyersDifference] = differenceIntervals(
    [
      [
        { part: of(input.spend, bySegment), whole: input.spend },
        { part: of(input.spend, bySpend), whole: input.spend },
      ],
      [
        { part: of(input.bought, bySegment), whole: bySegment },
        { part: of(input.bought, bySpend), whole: bySpend },
      ],
    ],
    options,
  );
  return {
    chosen,
    leading,
    bySegment: found(bySegment),
    bySpend: found(bySpend),
    revenueDifference,
    buyersDifference,
  };
}

function sumOver(values: ArrayLike<number>, rows: Uint8Array | undefined): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) if (rows === undefined || rows[i] === 1) sum += values[i];
  return sum;
}

export interface VerdictFacts {
  readonly holdoutDays: number;
  readonly cutDate: string;
  readonly customers: number;
  /** One customer in so many was looked at; 1 for all. */
  readonly sampledOneIn: number;
  readonly buyers: number;
  readonly result: Contest | undefined;
}

/** One paragraph that says what the numbers say, whichever way they fall. */
export function verdictOf(facts: VerdictFacts): string {
  const { holdoutDays, cutDate, customers, sampledOneIn, buyers, result } = facts;
  const sample = sampledOneIn > 1 ? ` (one in ${sampledOneIn} of all)` : "";
  const who = `Of the ${whole(customers)} customers known before ${cutDate}${sample}, ${percent(buyers / customers)} bought again in the ${holdoutDays} days that followed.`;
  if (buyers === 0) return `${who} So these days say nothing about any ranking.`;
  if (result === undefined) return `${who} They are all in the leading segments, so there is nothing to compare.`;
  const { chosen, leading, bySegment, bySpend, revenueDifference, buyersDifference } = result;
  const money =
    `The ${whole(chosen)} in ${listed(leading)} brought ${percent(bySegment.revenue)} of what was spent; ` +
    `the same number with the highest spend so far ${percent(bySpend.revenue)} ` +
    `(difference ${points(bySegment.revenue - bySpend.revenue)}, 95% interval ${range(revenueDifference)}).`;
  const back =
    `${percent(bySegment.buyers)} of the former bought again, ${percent(bySpend.buyers)} of the latter ` +
    `(difference ${points(bySegment.buyers - bySpend.buyers)}, ${range(buyersDifference)}).`;
  return [who, money, back, judgement(revenueDifference, buyersDifference)].join(" ");
}

function judgement(revenue: Interval, buyers: Interval): string {
  const money = {
    better: "segments found more of it than spend alone",
    worse: "spend alone found more of it than segments",
    same: "spend alone did as well as segments",
  }[outcomeOf(revenue)];
  const people = {
    better: "segments did better than spend alone",
    worse: "spend alone did better than segments",
    same: "neither did better",
  }[outcomeOf(buyers)];
  return `For finding the money, ${money}; for finding who comes back, ${people}.`;
}

/** Segments against spend alone: a difference counts where its interval does not hold zero. */
function outcomeOf({ low, high }: Interval): "better" | "worse" | "same" {
  return low > 0 ? "better" : high < 0 ? "worse" : "same";
}

const whole = (value: number): string => value.toLocaleString("en-US");
const percent = percentText;
const signed = (share: number): string => `${share < 0 ? "-" : "+"}${Math.abs(100 * share).toFixed(1)}`;
const points = (share: number): string => `${signed(share)} points`;
const range = ({ low, high }: Interval): string => `${signed(low)} to ${signed(high)}`;

function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
