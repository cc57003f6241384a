import { createHash } from "node:crypto";

/** One source of one ingest. */
export interface AffectedSource {
  readonly ingestId: string;
  readonly source: string;
}

/** An erasure's id is so much of the customer's digest. */
export const ERASURE_ID_DIGITS = 16;

/** That somebody was erased, without saying who: `erasures/<id>.json`. */
export interface ErasureRecord {
  /** Beginning of the digest; the record's name. */
  readonly erasureId: string;
  /** ISO timestamp. */
  readonly erasedAt: string;
  /** `customerDigest` of the id under the lake's salt. */
  readonly customerDigest: string;
  /** What held lines of the customer when it was erased. */
  readonly affected: readonly AffectedSource[];
  /** ISO timestamp of the search that found nothing left; null while the erasure is begun and not complete. */
  readonly provenAt: string | null;
}

/**
 * Hash of a customer id under a lake's secret salt: SHA-256, hexadecimal. It recognises the customer in a file that is
 * dropped later, and cannot be compared between lakes; who knows the salt can try ids, so it is pseudonymous, not
 * anonymous.
 */
export function customerDigest(salt: string, customerId: string): string {
  return createHash("sha256").update(`${salt}\n${customerId}`).digest("hex");
}
