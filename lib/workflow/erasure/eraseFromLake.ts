import { type AffectedSource, customerDigest, ERASURE_ID_DIGITS } from "../../domain/audience/erasure.ts";
import type { Clock } from "../../ports.ts";
import { erasureSalt, readErased, recordErasure } from "../lake/erasures.ts";
import { eraseFromObjects } from "./eraseFromObjects.ts";
import { type AnswerPlace, eraseFromTables, heldInTables } from "./eraseFromTables.ts";
import { UnknownCustomerError } from "./errors.ts";
import type { ErasureTask, ObjectErasure } from "./types.ts";

export interface LakeErasureRequest extends Omit<ErasureTask, "isTrial" | "known" | "onAffected">, AnswerPlace {
  readonly clock: Clock;
  /** A secret of 32 hexadecimal digits, for a lake that has none. */
  readonly newSalt: () => string;
  /** Hears of the erasure before anything is changed. */
  readonly begun: (erasureId: string) => void;
}

export interface LakeErasure {
  readonly erasureId: string;
  readonly affected: readonly AffectedSource[];
  readonly files: ObjectErasure;
}

/**
 * Takes one customer out of a lake: the record first, so that drops are filtered from then on, then the tables, then
 * every object. What the engine keeps of deleted rows, the database and the proof are the caller's. Safe to repeat
 * after it was cut short: what held the customer is on the record before it goes.
 * @throws UnknownCustomerError when neither tables nor objects have the id, before anything was changed.
 */
export async function eraseFromLake(request: LakeErasureRequest): Promise<LakeErasure> {
  const { store, sql, customerId } = request;
  const held = await heldInTables(request, customerId);
  const salt = await erasureSalt(store, request.newSalt);
  const digest = customerDigest(salt, customerId);
  const isKnown = (await readErased(store))?.digests.includes(digest) === true;
  if (!isKnown && held.length === 0) {
    const search = await eraseFromObjects({ ...request, isTrial: true });
    if (search.rewritten.length + search.removed.length === 0) throw new UnknownCustomerError(search);
  }
  const erasureId = digest.slice(0, ERASURE_ID_DIGITS);
  request.begun(erasureId);
  const erasedAt = request.clock.now().toISOString();
  const record = (affected: readonly AffectedSource[]): Promise<readonly AffectedSource[]> =>
    recordErasure(store, { erasureId, erasedAt, customerDigest: digest, affected });
  const known = await record(held);
  await eraseFromTables(sql, customerId);
  const onAffected = async (affected: readonly AffectedSource[]): Promise<void> => void (await record(affected));
  const files = await eraseFromObjects({ ...request, isTrial: false, known, onAffected });
  return { erasureId, affected: await record(files.affected), files };
}
