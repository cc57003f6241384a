import { ROLES, type Role } from "../../domain/roles.ts";
import { withoutMarks } from "../../domain/text/plainLetters.ts";
import type { ReadColumn } from "../types.ts";
import type { ColumnProfile } from "./columnContent.ts";
import { type Fit, fitRole } from "./columnFit.ts";
import synonyms from "./columnSynonyms.json" with { type: "json" };

/** A column that may play a role. */
export interface RoleCandidate {
  readonly role: Role;
  /** 0-based index into the header. */
  readonly index: number;
  /** 0..1: 1 for the best known name of the role, less for weaker names. */
  readonly confidence: number;
  readonly reason: string;
}

export interface Recognition {
  readonly chosen: ReadonlyMap<Role, RoleCandidate>;
  /** Roles for which several columns are equally good. */
  readonly ambiguous: ReadonlyMap<Role, readonly RoleCandidate[]>;
  /** 0-based columns that values alone must not give a role: those that are asked about, and money of another use. */
  readonly unsure: ReadonlySet<number>;
}

/** Confidence by position of the list that holds the name: best names first. */
const TIER_CONFIDENCE = [1, 0.9, 0.75, 0.6] as const;

/**
 * Brings a header name to words: accents and case dropped, `camelCase`, digits' neighbours and punctuation split.
 * `InvoiceNo` → `invoice no`, `Código_cliente` → `codigo cliente`.
 */
export function normaliseName(name: string): string {
  const words = name.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, "$1 $2").replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, "$1 $2");
  return withoutMarks(words)
    .replace(/#|№/g, " no ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

interface KnownName {
  readonly role: Role;
  readonly tier: number;
  readonly synonym: string;
}

/** Names are compared without blanks, so `orderid`, `OrderID` and `order_id` are one name. */
export const compactName = (name: string): string => normaliseName(name).replaceAll(" ", "");

const KNOWN_NAMES: ReadonlyMap<string, readonly KnownName[]> = (() => {
  const known = new Map<string, KnownName[]>();
  for (const role of ROLES) {
    synonyms[role].forEach((names, tier) => {
      for (const synonym of names) {
        const key = compactName(synonym);
        known.set(key, [...(known.get(key) ?? []), { role, tier, synonym }]);
      }
    });
  }
  return known;
})();

/** Words around a name that do not change its meaning: units and currencies, articles. */
const FILLER: ReadonlySet<string> = new Set([
  ...["rs", "the", "of", "inc", "incl", "vat", "money", "local", "utc", "gmt", "raw", "text"],
  ...Intl.supportedValuesOf("currency").map((code) => code.toLowerCase()),
]);

function candidatesOf(name: string, index: number): RoleCandidate[] {
  const exact = KNOWN_NAMES.get(compactName(name));
  if (exact !== undefined) {
    return exact.map(({ role, tier, synonym }) => ({
      role,
      index,
      confidence: TIER_CONFIDENCE[Math.min(tier, TIER_CONFIDENCE.length - 1)] ?? 0.6,
      reason: `the name reads as "${synonym}"`,
    }));
  }
  const kept = normaliseName(name)
    .split(" ")
    .filter((word) => !FILLER.has(word));
  const near = KNOWN_NAMES.get(kept.join(""));
  // `Order Lines/Quantity` is the quantity of a line: exports write the way to a field before its name.
  const field = /^.+\/(?<own>[^/]+)$/.exec(name)?.groups?.own;
  if (near === undefined && field !== undefined)
    return candidatesOf(field, index).map((one) => ({ ...one, confidence: 0.9 * one.confidence }));
  if (near === undefined) return [];
  return near.map(({ role, tier, synonym }) => ({
    role,
    index,
    confidence: 0.9 * (TIER_CONFIDENCE[Math.min(tier, TIER_CONFIDENCE.length - 1)] ?? 0.6),
    reason: `the name contains "${synonym}"`,
  }));
}

/** Confidence of a column that is the best by its name while its values speak against it. */
const DOUBTED_CONFIDENCE = 0.3;

interface JudgedCandidate extends RoleCandidate {
  readonly verdict: Fit["verdict"];
}

function judge(candidate: RoleCandidate, profile: ColumnProfile | undefined): JudgedCandidate {
  const { verdict, reason } = fitRole(candidate.role, profile);
  if (verdict === 0) return { ...candidate, verdict };
  if (verdict === 1) return { ...candidate, verdict, reason: `${candidate.reason}; its values ${reason}` };
  const doubt = `${candidate.reason}, but its values ${reason}`;
  return { ...candidate, verdict, confidence: DOUBTED_CONFIDENCE * candidate.confidence, reason: doubt };
}

/**
 * Recognises columns by their names, judged by their values where `profiles` (one per column) are given: a column whose
 * values contradict its name is taken only where no other bears a name of the role. Each role gets its most confident
 * column; columns and roles already `taken` are left alone. Pure.
 */
export function recogniseColumns(
  header: readonly string[],
  taken: {
    readonly roles: ReadonlySet<Role>;
    readonly indexes: ReadonlySet<number>;
    /** Columns that the settings name for another use: they stand back where another fits a role as well. */
    readonly named?: readonly ReadColumn[] | undefined;
  },
  profiles: readonly ColumnProfile[] = [],
): Recognition {
  const { named = [] } = taken;
  // What the settings call a cost is no price, whatever its name and its values say.
  const otherMoney = new Set(named.flatMap(({ holds, index }) => (holds === "money" ? [index] : [])));
  const candidates = header
    .flatMap((name, index) => (taken.indexes.has(index) || otherMoney.has(index) ? [] : candidatesOf(name, index)))
    .filter(({ role }) => !taken.roles.has(role))
    .map((candidate) => judge(candidate, profiles[candidate.index]));
  const chosen = new Map<Role, RoleCandidate>();
  const ambiguous = new Map<Role, readonly RoleCandidate[]>();
  for (const role of ROLES) {
    const ofRole = candidates.filter((candidate) => candidate.role === role);
    const best = Math.max(...ofRole.map(({ confidence }) => confidence));
    const fitting = ofRole.filter(({ confidence }) => confidence === best);
    const unnamed = fitting.filter(({ index }) => named.every((one) => one.index !== index));
    const equals = unnamed.length > 0 ? unnamed : fitting;
    if (equals.length === 1) chosen.set(role, equals[0] as RoleCandidate);
    if (equals.length > 1) ambiguous.set(role, equals);
  }
  const unsure = new Set([...[...ambiguous.values()].flat().map(({ index }) => index), ...otherMoney]);
  return { chosen, ambiguous, unsure };
}

/** Whether a column was taken for want of a better one: its values contradict its name. */
export const isDoubted = ({ confidence }: { readonly confidence: number }): boolean => confidence <= DOUBTED_CONFIDENCE;
