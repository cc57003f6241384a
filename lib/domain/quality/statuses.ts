import { STATUS_PATTERNS } from "./statusPatterns.ts";

/**
 * What stands before the status of a row that the reading leaves out (it is no purchase, or repeats one), or takes for
 * a return. No setting changes what becomes of them.
 */
export const LEFT_OUT = "left out: ";
export const RETURNED = "returned: ";

/** What the word in a status column does to its line. */
export const STATUS_GROUPS = ["cancelled", "refunded", "pending", "failed", "test"] as const;

export type StatusGroup = (typeof STATUS_GROUPS)[number];

/**
 * Regular expressions over the status in lower case, trimmed; what both SQL engines read alike, letters of any script
 * allowed.
 */
export interface StatusPatterns {
  /**
   * Looked at first: a status that matches is kept, whatever else it says ("partially refunded"). null matches nothing.
   */
  readonly keep: string | null;
  /** The line is a return, as if its order were a cancellation. */
  readonly returns: string | null;
  /** The line is dropped, as `status_cancelled`, `status_refunded`, … */
  readonly drop: Readonly<Record<StatusGroup, string | null>>;
}

/**
 * Words of shop systems in thirty languages. An order that waits to be shipped is a purchase; one that waits for its
 * payment is none yet.
 */
export const DEFAULT_STATUS_PATTERNS: StatusPatterns = {
  keep: STATUS_PATTERNS.keep,
  returns: STATUS_PATTERNS.returns,
  drop: {
    cancelled: STATUS_PATTERNS.cancelled,
    refunded: STATUS_PATTERNS.refunded,
    pending: STATUS_PATTERNS.pending,
    failed: STATUS_PATTERNS.failed,
    test: STATUS_PATTERNS.test,
  },
};

/** Statuses of orders that are what they seem: paid, on their way or done. */
const ORDINARY = new RegExp(STATUS_PATTERNS.ordinary, "u");

export type StatusMeaning = StatusGroup | "left_out" | "returns" | "kept" | "unknown";

const known = new Map<string, RegExp>();

/** Patterns are few and long: each is compiled once. */
function compiled(pattern: string): RegExp {
  const expression = known.get(pattern) ?? new RegExp(pattern, "u");
  known.set(pattern, expression);
  return expression;
}

/**
 * What a status means under the patterns; `unknown` is kept, but worth a look.
 * @example
 * ```ts
 * meaningOfStatus("REFUNDED", DEFAULT_STATUS_PATTERNS); // → "refunded"
 * ```
 */
export function meaningOfStatus(status: string, patterns: StatusPatterns): StatusMeaning {
  // Letter by letter, as the SQL engines do: "İ" becomes "i", not an i with a dot above it.
  const text = [...status.trim()].map((letter) => (letter === "İ" ? "i" : letter.toLowerCase())).join("");
  if (text.startsWith(LEFT_OUT)) return "left_out";
  if (text.startsWith(RETURNED)) return "returns";
  const matches = (pattern: string | null): boolean => pattern !== null && compiled(pattern).test(text);
  if (matches(patterns.keep)) return "kept";
  if (matches(patterns.returns)) return "returns";
  const group = STATUS_GROUPS.find((name) => matches(patterns.drop[name]));
  return group ?? (ORDINARY.test(text) ? "kept" : "unknown");
}
