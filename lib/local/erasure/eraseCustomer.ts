import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type AffectedSource, customerDigest } from "../../domain/erasure.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { Clock, ObjectStore } from "../../ports.ts";
import { erasureSalt, readErased, recordErasure } from "../../workflow/erasures.ts";
import { openFolderStore } from "../folderStore.ts";
import { openCatalogOf } from "../lakeLedger.ts";
import { eraseFromTables, rebuildCatalog } from "./eraseFromCatalog.ts";
import { type DatabaseErasure, eraseFromServer, rebuildDatabase } from "./eraseFromDatabase.ts";
import { eraseFromFiles, type FileErasure } from "./eraseFromFiles.ts";
import { type ErasureProof, proveErased } from "./proof.ts";

const ERASURE_ID_DIGITS = 16;

export interface EraseRequest {
  readonly lakeDirectory: string;
  readonly customerId: string;
  /** The server that the lake's runs are loaded into; the lake's own database without it. */
  readonly databaseUrl?: string;
  readonly waitMs: number;
  readonly clock: Clock;
}

export interface ErasureReport {
  readonly erasureId: string;
  readonly affected: readonly AffectedSource[];
  readonly files: FileErasure;
  readonly database: DatabaseErasure;
  readonly proof: ErasureProof;
}

/** The id still stands for a customer somewhere: the erasure is not done. */
export class ErasureFailedError extends SegmentationError {
  constructor(places: readonly string[]) {
    super(
      "ERASURE_FAILED",
      `The customer is still in ${places.join(", ")}. Run the same command again; if it stays so, remove these by hand.`,
      { places },
    );
  }
}

/** The lake knows nobody of that id. */
export class UnknownCustomerError extends SegmentationError {
  constructor({ filesSearched, elsewhere }: ErasureProof) {
    const places = Object.keys(elsewhere).length;
    const other = places === 0 ? "nor its text" : `though its text stands in ${places} of them as something else`;
    super(
      "UNKNOWN_CUSTOMER",
      `No customer of this id is in the ${filesSearched} files of the lake, ${other}; nothing was changed.`,
    );
  }
}

/**
 * Erases one customer from a lake: tables, raw rows, files as dropped, runs and their reports, the database; then searches
 * every byte. Safe to repeat after it was cut short: the record is written first, and each file changes at once.
 * @throws UnknownCustomerError, ErasureFailedError, LakeBusyError.
 */
export async function eraseCustomer(request: EraseRequest): Promise<ErasureReport> {
  const { customerId, databaseUrl } = request;
  const lakeDirectory = resolve(request.lakeDirectory);
  const store = openFolderStore(lakeDirectory);
  const lake = await eraseFromLake(request, lakeDirectory, store);
  // What a killed run or the engine may have left behind; nothing of it is ever read again.
  await rm(join(lakeDirectory, ".tmp"), { recursive: true, force: true });
  const database =
    databaseUrl === undefined
      ? await rebuildDatabase(store, lakeDirectory)
      : await eraseFromServer(databaseUrl, store, customerId);
  const engine = await openCatalogOf(request.lakeDirectory, request.waitMs);
  try {
    const proof = await proveErased(engine, lakeDirectory, customerId);
    if (proof.asCustomer.length > 0) throw new ErasureFailedError(proof.asCustomer);
    return { ...lake, database, proof };
  } finally {
    engine.close();
  }
}

type LakeErasure = Pick<ErasureReport, "erasureId" | "affected" | "files">;

async function eraseFromLake(
  { lakeDirectory: given, customerId, waitMs, clock }: EraseRequest,
  lakeDirectory: string,
  store: ObjectStore,
): Promise<LakeErasure> {
  const engine = await openCatalogOf(given, waitMs);
  try {
    const salt = await erasureSalt(store, () => randomBytes(16).toString("hex"));
    const digest = customerDigest(salt, customerId);
    const isKnown = (await readErased(store))?.digests.includes(digest) === true;
    if (!isKnown) {
      const search = await proveErased(engine, lakeDirectory, customerId);
      if (search.asCustomer.length === 0) throw new UnknownCustomerError(search);
    }
    const erasureId = digest.slice(0, ERASURE_ID_DIGITS);
    const record = { erasureId, erasedAt: clock.now().toISOString(), customerDigest: digest };
    await recordErasure(store, { ...record, affected: [] });
    const inTables = await eraseFromTables(engine, customerId);
    const files = await eraseFromFiles({ engine, lakeDirectory, customerId, isTrial: false });
    const affected = [...inTables, ...files.affected];
    await recordErasure(store, { ...record, affected });
    await rebuildCatalog(engine, lakeDirectory);
    return { erasureId, affected, files };
  } finally {
    engine.close();
  }
}
