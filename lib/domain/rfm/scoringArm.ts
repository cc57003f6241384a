import { createHash } from "node:crypto";
import { SegmentationError } from "../errors.ts";

/** Which of the two models in use scored a customer. */
export type Arm = "champion" | "challenger";

/** The challenger's part of the customers, and the salt that makes one experiment independent of the next. */
export interface ChallengerShare {
  /** 0..1. */
  readonly share: number;
  readonly salt: string;
}

/** A share outside 0..1. */
export class ArmShareError extends SegmentationError {
  constructor(share: number) {
    super("ARM_SHARE", `The challenger's share must be from 0 to 1, not ${share}.`, { share });
  }
}

/**
 * The arm of a customer: SHA-256 of salt and id, its first 48 bits as a fraction of 1, compared with the share. The
 * same customer always sees the same arm, and a greater share keeps everybody who is in the challenger's already.
 * @throws ArmShareError
 */
export function armOf(customerId: string, { share, salt }: ChallengerShare): Arm {
  if (!(share >= 0 && share <= 1)) throw new ArmShareError(share);
  // The length goes first: no salt and id can be read as another pair.
  const digest = createHash("sha256").update(`${salt.length}:${salt}:${customerId}`).digest();
  return digest.readUIntBE(0, 6) / 2 ** 48 < share ? "challenger" : "champion";
}
