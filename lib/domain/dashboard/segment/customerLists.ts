import type { MartRow, MartRows } from "../../../tables/marts.ts";

/** Which customers of a segment are listed by name. */
export type CustomerListName = "top" | "in" | "out" | "quiet";

/** A customer in a list of a segment. */
export interface ListedCustomer {
  readonly segment: string;
  readonly list: CustomerListName;
  /** 1 has spent most. */
  readonly rank: number;
  /** So many customers the list is the first of. */
  readonly of: number;
  /** Under this name an erasure finds the customer. */
  readonly customer_id: string;
  /** null: this run does not have the customer any more. */
  readonly recencyDays: number | null;
  readonly frequency: number | null;
  readonly monetary: number;
  /** R, F and M. */
  readonly scores: readonly [r: number, f: number, m: number] | null;
  /** Where the customer came from or went to; null for a new one, for one who is gone, and in the other lists. */
  readonly otherSegment: string | null;
  /** Moved only because the breakpoints did. */
  readonly isThresholdOnly: boolean;
  readonly aliveProbability: number | null;
  readonly isLate: boolean;
  readonly expectedValue90d: number | null;
}

/** The page stays small: so much of it may be customers by name. */
const MOST_BYTES = 300_000;
/** Ids that nobody could read are not listed. */
const MOST_ID_CHARACTERS = 200;
/** Lengths of lists, of which the first that fits is taken. */
const LENGTHS = [25, 20, 15, 10, 7, 5, 3, 2, 1];

/** The customers worth knowing by name: as many of each list as the page has room for, the same number of each. */
export function customerListsOf(
  marts: MartRows<"segment_customers" | "segment_movers">,
  hasIds: boolean,
): readonly ListedCustomer[] {
  if (!hasIds) return [];
  const all = [...marts.segment_customers.map(listedOf), ...marts.segment_movers.map(moverOf)].filter(
    ({ customer_id }) => customer_id.length <= MOST_ID_CHARACTERS,
  );
  const some = (length: number): ListedCustomer[] => all.filter(({ rank }) => rank <= length);
  const fits = LENGTHS.find((length) => Buffer.byteLength(JSON.stringify(some(length))) <= MOST_BYTES);
  return fits === undefined ? [] : some(fits);
}

const shared = (row: MartRow<"segment_customers"> | MartRow<"segment_movers">) => ({
  segment: row.rfm_segment,
  list: row.list_name as CustomerListName,
  rank: row.list_rank,
  of: row.list_customers,
  customer_id: row.customer_id,
  recencyDays: row.recency_days,
  frequency: row.frequency,
  monetary: Math.round(row.monetary * 100) / 100,
  scores: scoresOf(row),
});

type Scores = Pick<MartRow<"segment_movers">, "r_score" | "f_score" | "m_score">;
const scoresOf = ({ r_score, f_score, m_score }: Scores): ListedCustomer["scores"] =>
  r_score === null || f_score === null || m_score === null ? null : [r_score, f_score, m_score];

const listedOf = (row: MartRow<"segment_customers">): ListedCustomer => ({
  ...shared(row),
  otherSegment: null,
  isThresholdOnly: false,
  aliveProbability: row.p_alive === null ? null : Math.round(row.p_alive * 1000) / 1000,
  isLate: row.is_late === true,
  expectedValue90d: row.expected_value_90d === null ? null : Math.round(row.expected_value_90d * 100) / 100,
});

const moverOf = (row: MartRow<"segment_movers">): ListedCustomer => ({
  ...shared(row),
  otherSegment: row.other_segment,
  isThresholdOnly: row.is_threshold_only,
  aliveProbability: null,
  isLate: false,
  expectedValue90d: null,
});
