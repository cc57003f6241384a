import type { ColumnProfile } from "./columnContent.ts";
import { isDoubted, type Role, type RoleCandidate } from "./columns.ts";
import { determines, roughNumber, type SampleRow } from "./orderStructure.ts";

/** What is known of a file's columns while their roles are decided. */
export interface ColumnEvidence {
  readonly profiles: readonly ColumnProfile[];
  readonly rows: readonly SampleRow[];
  /** False where the file has no header: then its values are all there is to go by. */
  readonly isNamed: boolean;
}

export interface ContentFindings {
  readonly chosen: readonly RoleCandidate[];
  /** Columns that could play a role that nothing plays yet, best first. */
  readonly proposals: ReadonlyMap<Role, readonly RoleCandidate[]>;
}

const NEARLY_ALL = 0.95;

const candidate = (role: Role, index: number, confidence: number, reason: string): RoleCandidate => ({
  role,
  index,
  confidence,
  reason,
});

/** Whole numbers below a thousand, few different ones: pieces, not ids. */
function looksLikeQuantity({ share, distinct, filled }: ColumnProfile, values: readonly (string | null)[]): boolean {
  if (share.integer < NEARLY_ALL || distinct > Math.max(5, filled / 3)) return false;
  return values.every((value) => !(Math.abs(roughNumber(value)) >= 1000) && !/^0\d/.test(value ?? ""));
}

const looksLikeId = ({ share, distinct }: ColumnProfile): boolean =>
  distinct > 1 && share.date < 0.5 && share.percent < 0.5 && (share.code >= 0.9 || share.integer >= NEARLY_ALL);

/**
 * Finds roles by content alone for what names left open. Facts are: the only column of dates, of currencies, of countries, of
 * e-mail addresses. Without a header also: the only id is the customer; of two ids, that which decides the other and the date is the
 * order; the only fraction without a quantity is the amount. All else is a proposal, for somebody to confirm. Columns that are asked about
 * by their names are `unsure` and nothing else.
 */
export function recogniseByContent(
  chosen: ReadonlyMap<Role, { readonly index: number; readonly confidence: number }>,
  evidence: ColumnEvidence,
  unsure: ReadonlySet<number> = new Set(),
): ContentFindings {
  const { profiles, rows, isNamed } = evidence;
  const isOpen = (role: Role): boolean => {
    const current = chosen.get(role);
    return current === undefined || (role === "date" && isDoubted(current));
  };
  const used = new Set([...unsure, ...[...chosen.values()].filter((one) => !isDoubted(one)).map(({ index }) => index)]);
  const found: RoleCandidate[] = [];
  const proposals = new Map<Role, readonly RoleCandidate[]>();
  const free = (test: (profile: ColumnProfile, index: number) => boolean): number[] =>
    profiles.flatMap((profile, index) =>
      profile.filled > 0 && !used.has(index) && test(profile, index) ? [index] : [],
    );
  const take = (one: RoleCandidate): void => {
    found.push(one);
    used.add(one.index);
  };
  const takeOnly = (
    role: Role,
    indexes: readonly number[],
    confidence: number,
    reason: string,
    isFact = true,
  ): void => {
    if (!isOpen(role) || indexes.length === 0) return;
    const all = indexes.map((index) => candidate(role, index, confidence, reason));
    if (all.length === 1 && isFact) take(all[0] as RoleCandidate);
    else proposals.set(role, all);
  };
  const column = (index: number): (string | null)[] => rows.map((row) => row[index] ?? null);
  takeOnly(
    "date",
    free(({ share }) => share.date >= NEARLY_ALL),
    0.8,
    "its values are dates, as in no other column",
  );
  if (isOpen("date") && found.length === 0 && !proposals.has("date")) {
    takeOnly(
      "date",
      free(({ share }) => share.possibleDate >= NEARLY_ALL),
      0.4,
      "its numbers could be dates",
      false,
    );
  }
  takeOnly(
    "currency",
    free(({ share }) => share.currency >= NEARLY_ALL),
    0.7,
    "its values are currencies",
  );
  takeOnly(
    "status",
    free(({ share, distinct }) => share.status >= NEARLY_ALL && distinct > 1 && distinct <= 12),
    0.7,
    "its values are words for the state of an order",
  );
  takeOnly(
    "country",
    free(({ share, distinct }) => share.country >= NEARLY_ALL && distinct > 1),
    0.6,
    "its values are countries",
  );
  takeOnly(
    "customer",
    free(({ share }) => share.email >= NEARLY_ALL),
    0.8,
    "its values are e-mail addresses",
  );
  takeOnly(
    "order",
    free(({ share }) => share.hashNumber >= NEARLY_ALL),
    0.8,
    "its values are numbered like orders (#1001)",
  );
  const quantities = free((profile, index) => looksLikeQuantity(profile, column(index)));
  const fractions = free(({ share }) => share.fraction >= 0.5 && share.number >= NEARLY_ALL && share.date < 0.5);
  const ids = free(
    (profile, index) => looksLikeId(profile) && !quantities.includes(index) && !fractions.includes(index),
  );
  if (isOpen("customer") && !found.some(({ role }) => role === "customer")) {
    const dates = found.find(({ role }) => role === "date")?.index ?? chosen.get("date")?.index;
    const orders = isOpen("order")
      ? ids.filter(
          (id) =>
            dates !== undefined &&
            determines(rows, id, dates) &&
            ids.some((other) => other !== id && determines(rows, id, other) && !determines(rows, other, id)),
        )
      : [];
    const rest = ids.filter((id) => !orders.includes(id));
    if (orders.length === 1 && !isNamed)
      take(candidate("order", orders[0] as number, 0.7, "each of its values has one date and one customer"));
    takeOnly("customer", rest, 0.7, "its values are ids that repeat", !isNamed);
  }
  const hasMoney = !isOpen("amount") || (!isOpen("quantity") && !isOpen("price"));
  if (!hasMoney) {
    const isOnlyMoney = !isNamed && quantities.length === 0 && isOpen("quantity") && isOpen("price");
    takeOnly(
      "amount",
      fractions,
      0.7,
      isOnlyMoney ? "the only column of amounts" : "its values are amounts",
      isOnlyMoney,
    );
    if (isOpen("quantity")) takeOnly("quantity", quantities, 0.5, "small whole numbers", false);
  }
  return { chosen: found, proposals };
}
