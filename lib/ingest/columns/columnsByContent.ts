import type { Role } from "../../domain/roles.ts";
import type { ColumnProfile } from "./columnContent.ts";
import { determines, roughNumber, type SampleRow } from "./orderStructure.ts";
import { isDoubted, type RoleCandidate } from "./recogniseColumns.ts";

/** What is known of a file's columns while their roles are decided. */
export interface ColumnEvidence {
  readonly profiles: readonly ColumnProfile[];
  readonly rows: readonly SampleRow[];
  /** False where the file has no header: then its values are all there is to go by. */
  readonly isNamed: boolean;
  readonly header?: readonly string[];
}

export interface ContentFindings {
  readonly chosen: readonly RoleCandidate[];
  /** Columns that could play a role that nothing plays yet, best first. */
  readonly proposals: ReadonlyMap<Role, readonly RoleCandidate[]>;
}

type Chosen = ReadonlyMap<Role, { readonly index: number; readonly confidence: number }>;

/** What has been found so far, and the questions that the rules ask. */
interface Search {
  readonly evidence: ColumnEvidence;
  readonly chosen: Chosen;
  readonly found: RoleCandidate[];
  readonly proposals: Map<Role, readonly RoleCandidate[]>;
  /** Columns that are taken already, or asked about by their names. */
  readonly used: Set<number>;
}

interface Reason {
  readonly confidence: number;
  readonly reason: string;
}

const NEARLY_ALL = 0.95;

/** Names of columns whose words speak of something else than the order: of who buys, of parcels, of the stock. */
const NOT_THE_ORDER =
  /member|loyal|subscri|customer|client|account|kunde|konto|mitglied|fulfil|ship|deliver|versand|liefer|livraison|env[ií]o|entrega|consegna|stock|inventory|product|campaign|newsletter|marketing|consent|marital/i;

/** Roles that the values of their only column tell by themselves. */
const TELLING: readonly (Reason & { readonly role: Role; readonly test: (profile: ColumnProfile) => boolean })[] = [
  {
    role: "currency",
    test: ({ share }) => share.currency >= NEARLY_ALL,
    confidence: 0.7,
    reason: "its values are currencies",
  },
  {
    role: "status",
    test: ({ share, distinct }) => share.status >= NEARLY_ALL && distinct > 1 && distinct <= 30,
    confidence: 0.7,
    reason: "its values are words for the state of an order",
  },
  {
    role: "country",
    test: ({ share, distinct }) => share.country >= NEARLY_ALL && distinct > 1,
    confidence: 0.6,
    reason: "its values are countries",
  },
  {
    role: "customer",
    test: ({ share }) => share.email >= NEARLY_ALL,
    confidence: 0.8,
    reason: "its values are e-mail addresses",
  },
  {
    role: "order",
    test: ({ share }) => share.hashNumber >= NEARLY_ALL,
    confidence: 0.8,
    reason: "its values are numbered like orders (#1001)",
  },
];

/** Whole numbers below a thousand, few different ones: pieces, not ids. */
function looksLikeQuantity({ share, distinct, filled }: ColumnProfile, values: readonly (string | null)[]): boolean {
  if (share.integer < NEARLY_ALL || distinct > Math.max(5, filled / 3)) return false;
  return values.every((value) => !(Math.abs(roughNumber(value)) >= 1000) && !/^0\d/.test(value ?? ""));
}

const looksLikeFraction = ({ share }: ColumnProfile): boolean =>
  share.fraction >= 0.5 && share.number >= NEARLY_ALL && share.date < 0.5;

const looksLikeId = ({ share, distinct }: ColumnProfile): boolean =>
  distinct > 1 && share.date < 0.5 && share.percent < 0.5 && (share.code >= 0.9 || share.integer >= NEARLY_ALL);

function isOpen({ chosen }: Search, role: Role): boolean {
  const current = chosen.get(role);
  return current === undefined || (role === "date" && isDoubted(current));
}

/** Columns that nothing uses yet and that pass the test. */
const free = ({ evidence, used }: Search, test: (profile: ColumnProfile, index: number) => boolean): number[] =>
  evidence.profiles.flatMap((profile, index) =>
    profile.filled > 0 && !used.has(index) && test(profile, index) ? [index] : [],
  );

function take({ found, used }: Search, one: RoleCandidate): void {
  found.push(one);
  used.add(one.index);
}

/** A single column takes the open role where its values make that a fact; otherwise all of them are proposed for it. */
function takeOnly(search: Search, role: Role, indexes: readonly number[], why: Reason, isFact = true): void {
  if (!isOpen(search, role) || indexes.length === 0) return;
  const all = indexes.map((index): RoleCandidate => ({ role, index, ...why }));
  if (all.length === 1 && isFact) take(search, all[0] as RoleCandidate);
  else search.proposals.set(role, all);
}

function findDates(search: Search): void {
  const dates = free(search, ({ share }) => share.date >= NEARLY_ALL);
  takeOnly(search, "date", dates, { confidence: 0.8, reason: "its values are dates, as in no other column" });
  if (!isOpen(search, "date") || search.found.length > 0 || search.proposals.has("date")) return;
  const possible = free(search, ({ share }) => share.possibleDate >= NEARLY_ALL);
  takeOnly(search, "date", possible, { confidence: 0.4, reason: "its numbers could be dates" }, false);
}

/** Ids that decide the date and another id, but are not decided by it: orders, each of one customer. */
function orderIds({ evidence: { rows }, chosen, found }: Search, ids: readonly number[]): number[] {
  const dates = found.find(({ role }) => role === "date")?.index ?? chosen.get("date")?.index;
  if (dates === undefined) return [];
  const decides = (id: number, other: number): boolean =>
    other !== id && determines(rows, id, other) && !determines(rows, other, id);
  return ids.filter((id) => determines(rows, id, dates) && ids.some((other) => decides(id, other)));
}

function findIds(search: Search, ids: readonly number[]): void {
  const { isNamed } = search.evidence;
  if (!isOpen(search, "customer") || search.found.some(({ role }) => role === "customer")) return;
  const orders = isOpen(search, "order") ? orderIds(search, ids) : [];
  if (orders.length === 1 && !isNamed)
    take(search, {
      role: "order",
      index: orders[0] as number,
      confidence: 0.7,
      reason: "each of its values has one date and one customer",
    });
  const rest = ids.filter((id) => !orders.includes(id));
  takeOnly(search, "customer", rest, { confidence: 0.7, reason: "its values are ids that repeat" }, !isNamed);
}

function findMoney(search: Search, fractions: readonly number[], quantities: readonly number[]): void {
  const [lacksQuantity, lacksPrice] = [isOpen(search, "quantity"), isOpen(search, "price")];
  if (!isOpen(search, "amount") || (!lacksQuantity && !lacksPrice)) return;
  const isOnlyMoney = !search.evidence.isNamed && quantities.length === 0 && lacksQuantity && lacksPrice;
  const reason = isOnlyMoney ? "the only column of amounts" : "its values are amounts";
  takeOnly(search, "amount", fractions, { confidence: 0.7, reason }, isOnlyMoney);
  takeOnly(search, "quantity", quantities, { confidence: 0.5, reason: "small whole numbers" }, false);
}

/**
 * Finds roles by content alone for what names left open. Facts are: the only column of dates, of currencies, of
 * countries, of e-mail addresses. Without a header also: the only id is the customer; of two ids, that which decides
 * the other and the date is the order; the only fraction without a quantity is the amount. All else is a proposal, for
 * somebody to confirm. Columns that are asked about by their names are `unsure` and nothing else.
 */
export function recogniseByContent(
  chosen: Chosen,
  evidence: ColumnEvidence,
  unsure: ReadonlySet<number> = new Set(),
): ContentFindings {
  const certain = [...chosen.values()].filter((one) => !isDoubted(one)).map(({ index }) => index);
  const search: Search = { evidence, chosen, found: [], proposals: new Map(), used: new Set([...unsure, ...certain]) };
  findDates(search);
  for (const { role, test, ...why } of TELLING) {
    const speaksOfOrder = (index: number): boolean =>
      role !== "status" || !NOT_THE_ORDER.test(evidence.header?.[index] ?? "");
    takeOnly(
      search,
      role,
      free(search, (profile, index) => test(profile) && speaksOfOrder(index)),
      why,
    );
  }
  const column = (index: number): (string | null)[] => evidence.rows.map((row) => row[index] ?? null);
  const quantities = free(search, (profile, index) => looksLikeQuantity(profile, column(index)));
  const fractions = free(search, looksLikeFraction);
  const isNoNumber = (index: number): boolean => !quantities.includes(index) && !fractions.includes(index);
  findIds(
    search,
    free(search, (profile, index) => looksLikeId(profile) && isNoNumber(index)),
  );
  findMoney(search, fractions, quantities);
  return { chosen: search.found, proposals: search.proposals };
}
