import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { erasedIdOf } from "../../domain/customerId.ts";
import type { Clock, ObjectStore } from "../../ports.ts";
import type { Queries } from "../../postgres/eraseCustomer.ts";
import { eraseFromLake, type LakeErasure, type LakeErasureRequest } from "../../workflow/erasure/eraseFromLake.ts";
import { ErasureFailedError, toldWhenCutShort } from "../../workflow/erasure/errors.ts";
import { recordProof } from "../../workflow/lake/erasures.ts";
import { keepInventory } from "../doctor/inventory.ts";
import type { DuckDbEngine } from "../duckdb/index.ts";
import { openFolderStore } from "../lake/folderStore.ts";
import { openCatalogOf } from "../lake/lakeLedger.ts";
import { databaseDirectory } from "../lake/lakePaths.ts";
import { removeTemporaryFiles } from "../lake/temporaryFiles.ts";
import { type DatabaseBuild, rebuildDatabase } from "../postgres/buildDatabase.ts";
import { openPgDatabase } from "../postgres/pgDatabase.ts";
import { openPgliteDatabase } from "../postgres/pgliteDatabase.ts";
import { rebuildCatalog } from "./eraseFromCatalog.ts";
import { eraseFromServer } from "./eraseFromServer.ts";
import { erasureFiles } from "./erasureFiles.ts";
import { type ErasureProof, proveErased } from "./proof/prove.ts";

export interface EraseRequest {
  readonly lakeDirectory: string;
  readonly customerId: string;
  /** The server that the lake's runs are loaded into; the lake's own database without it. */
  readonly databaseUrl?: string;
  readonly waitMs: number;
  readonly clock: Clock;
}

export interface ErasureReport extends LakeErasure {
  readonly database: DatabaseBuild;
  readonly proof: ErasureProof;
}

/** A database that is missing is built anew with the others. */
const REBUILT = { except: ["database"] } as const;

/** The catalog and the database have their own ways; records of erasures know nobody. */
const APART = ["processed", "postgres", ".tmp", ".staging", "erasures"];
const isSearched = (key: string): boolean => !APART.includes(key.split("/")[0] as string);

/**
 * Erases one customer from a lake: tables, raw rows, files as dropped, runs and their reports, the database; then
 * searches every byte. Safe to repeat after it was cut short: the record is written first, and each file changes at
 * once.
 * @throws UnknownCustomerError, ErasureFailedError, ErasureCutShortError, LakeBusyError.
 */
export function eraseCustomer(request: EraseRequest): Promise<ErasureReport> {
  return toldWhenCutShort((begun) =>
    eraseAndProve({ ...request, customerId: erasedIdOf(request.customerId) ?? "", begun }),
  );
}

type BegunRequest = EraseRequest & Pick<LakeErasureRequest, "begun">;

async function eraseAndProve(request: BegunRequest): Promise<ErasureReport> {
  const { customerId, databaseUrl } = request;
  const lakeDirectory = resolve(request.lakeDirectory);
  const store = openFolderStore(lakeDirectory);
  const lake = await eraseFromFolder(request, lakeDirectory, store);
  // What a killed run or the engine may have left behind; nothing of it is ever read again.
  await rm(join(lakeDirectory, ".tmp"), { recursive: true, force: true });
  const database =
    databaseUrl === undefined
      ? await rebuildDatabase(store, lakeDirectory)
      : await eraseFromServer(databaseUrl, store, customerId);
  const engine = await openCatalogOf(request.lakeDirectory, request.waitMs, REBUILT);
  try {
    const task = taskIn(lakeDirectory, store, engine, customerId);
    const proof = await withDatabase(lakeDirectory, databaseUrl, (open) =>
      proveErased(engine, open, lakeDirectory, task),
    );
    if (proof.asCustomer.length > 0) throw new ErasureFailedError(proof.asCustomer);
    await recordProof(store, lake.erasureId, request.clock.now());
    await keepInventory(store, lakeDirectory, engine);
    return { ...lake, database, proof };
  } finally {
    engine.close();
    await rm(join(lakeDirectory, ".tmp"), { recursive: true, force: true });
  }
}

/** The database as the proof asks it; nothing where the lake has none. */
async function withDatabase<T>(
  lakeDirectory: string,
  databaseUrl: string | undefined,
  use: (database: Queries | undefined) => Promise<T>,
): Promise<T> {
  if (databaseUrl === undefined && !existsSync(databaseDirectory(lakeDirectory))) return use(undefined);
  const database =
    databaseUrl === undefined
      ? openPgliteDatabase(databaseDirectory(lakeDirectory))
      : await openPgDatabase(databaseUrl);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

function taskIn(lakeDirectory: string, store: ObjectStore, engine: DuckDbEngine, customerId: string) {
  const scratch = {
    // Beside the files, so that what is written anew is moved to its place.
    open: () =>
      mkdir(join(lakeDirectory, ".tmp"), { recursive: true }).then(() =>
        mkdtemp(join(lakeDirectory, ".tmp", "erasure-")),
      ),
    remove: (directory: string) => rm(directory, { recursive: true, force: true }),
  };
  return { store, ...erasureFiles(engine), customerId, isSearched, scratch };
}

async function eraseFromFolder(
  { lakeDirectory: given, customerId, waitMs, clock, begun }: BegunRequest,
  lakeDirectory: string,
  store: ObjectStore,
): Promise<LakeErasure> {
  const engine = await openCatalogOf(given, waitMs, REBUILT);
  try {
    await removeTemporaryFiles(lakeDirectory);
    const lake = await eraseFromLake({
      ...taskIn(lakeDirectory, store, engine, customerId),
      sql: engine,
      answerPrefix: ".tmp/answers/",
      ...{ clock, begun },
      newSalt: () => randomBytes(16).toString("hex"),
    });
    await rebuildCatalog(engine, lakeDirectory);
    return lake;
  } finally {
    engine.close();
  }
}
