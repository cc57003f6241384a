import { createHash } from "node:crypto";
import { SegmentationError } from "../errors.ts";
import { sqlLiteral } from "../text/sqlLiteral.ts";

/** Which customers a campaign leaves alone. */
export interface HoldoutGroup {
  /** 0..1 of the customers. */
  readonly share: number;
  /** Another campaign holds other customers out, independently; "" is the group of all exports without a name. */
  readonly campaign: string;
  /** Another salt chooses other customers in all campaigns. */
  readonly salt: string;
}

/** A share outside 0..1, or a campaign or salt that cannot stand in a SQL literal. */
export class HoldoutError extends SegmentationError {
  constructor(message: string) {
    super("HOLDOUT", message);
  }
}

/** Salts and campaigns: they stand in a SQL literal too. */
export const HOLDOUT_TEXT = /^[\p{L}\p{N}\p{P}\p{S} ]{0,100}$/u;
const BUCKETS = 2 ** 32;

/** @throws HoldoutError */
export function checkHoldout({ share, campaign, salt }: HoldoutGroup): void {
  if (!(share >= 0 && share <= 1)) throw new HoldoutError(`The hold-out share must be from 0 to 1, not ${share}.`);
  for (const [name, text] of Object.entries({ campaign, salt })) {
    if (!HOLDOUT_TEXT.test(text)) throw new HoldoutError(`The ${name} must be up to 100 printable characters.`);
  }
}

/**
 * What stands before the customer id in the hashed text. The lengths go first: no two groups can be read as one
 * another.
 */
function keyPrefix({ salt, campaign }: HoldoutGroup): string {
  return `${salt.length}:${salt}:${campaign.length}:${campaign}:`;
}

const heldOutBuckets = (share: number): number => Math.floor(share * BUCKETS);

/**
 * A test of customer ids: the first 32 bits of the MD5 of salt, campaign and id, below the share of 2³². The same
 * customer always gets the same answer in a campaign, whatever segment or file it is in, and a greater share keeps
 * everybody held out already. MD5 because Athena has it; it spreads ids evenly, and nothing is kept secret by it.
 * @throws HoldoutError
 */
export function holdoutTest(group: HoldoutGroup): (customerId: string) => boolean {
  checkHoldout(group);
  const prefix = keyPrefix(group);
  const limit = heldOutBuckets(group.share);
  return (customerId) =>
    createHash("md5")
      .update(prefix + customerId, "utf8")
      .digest()
      .readUInt32BE(0) < limit;
}

/**
 * The same test as an expression in Trino's dialect over a column of ids.
 * @throws HoldoutError
 */
export function holdoutSql(group: HoldoutGroup, idColumn = "customer_id"): string {
  checkHoldout(group);
  const hash = `to_hex(md5(to_utf8(${sqlLiteral(keyPrefix(group))} || ${idColumn})))`;
  return `from_base(substr(${hash}, 1, 8), 16) < ${heldOutBuckets(group.share)}`;
}
