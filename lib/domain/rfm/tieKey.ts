import { createHash } from "node:crypto";

/** Hexadecimal digits of a tie key: two customers of a million have the same once in 500 shops. */
const DIGITS = 12;

/**
 * What orders customers with equal values where a method needs a total order: the first digits of the MD5 of the id, as
 * `score_tiles.sql` has them. Arbitrary, but the same in every run; an id itself would stand in the model card.
 */
export function tieKey(customerId: string): string {
  return createHash("md5").update(customerId).digest("hex").slice(0, DIGITS).toUpperCase();
}

export const tieKeysOf = (customerIds: readonly string[]): string[] => customerIds.map(tieKey);
