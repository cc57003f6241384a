import { erasedIdOf } from "../../domain/customerId.ts";
import type { StatementResult } from "../../ports.ts";
import { eraseRows, tablesHolding } from "../../postgres/eraseCustomer.ts";
import { eraseFromLake, type LakeErasure, type LakeErasureRequest } from "../../workflow/erasure/eraseFromLake.ts";
import { heldInTables } from "../../workflow/erasure/eraseFromTables.ts";
import { ErasureFailedError, toldWhenCutShort } from "../../workflow/erasure/errors.ts";
import { type ObjectSearch, searchObjects } from "../../workflow/erasure/searchObjects.ts";
import { summaryOf } from "../../workflow/erasure/summaryOf.ts";
import { recordProof } from "../../workflow/lake/erasures.ts";
import { readableLakeVersion } from "../../workflow/ledger/lakeVersion.ts";
import type { DataApi } from "../database/dataApi.ts";
import { dataApiConnection } from "../database/dataApiConnection.ts";
import type { OldVersions } from "../s3/s3Versions.ts";
import { purgeDeletedRows } from "./maintenance.ts";

/** Zones of the lake that may know customers; of a bucket that holds other things, too, nothing else is touched. */
export const ZONES_OF_CUSTOMERS = [
  ...["incoming/", "stream/", "raw/", "processed/", "curated/", "attempts/", "models/", "references/", "runs/"],
  ...["reports/", "published/", "scoring/", "staging/", "athena-results/"],
] as const;

export interface CloudErasureRequest
  extends Omit<LakeErasureRequest, "isSearched" | "prefixes" | "answerPrefix" | "begun"> {
  /** A name that nothing else in `staging/` has. */
  readonly token: string;
  /** What the bucket keeps of objects of ZONES_OF_CUSTOMERS that were replaced or removed. */
  readonly oldVersions: OldVersions;
  /** The segment database; absent where the deployment has none. */
  readonly database?: DataApi | undefined;
  /** Hears of what has ended. */
  readonly tell: (step: { readonly statement: string } & StatementResult) => void;
}

export interface CloudErasureReport extends LakeErasure {
  readonly runsInDatabase: readonly string[];
  readonly oldVersionsRemoved: number;
  /** What the search over all objects found afterwards. */
  readonly proof: Pick<ObjectSearch, "filesSearched" | "bytesSearched" | "unreadable" | "elsewhere">;
}

/**
 * Erases one customer from a deployment: record, tables, objects, the files and snapshots that Iceberg keeps of deleted
 * rows, the database, old versions in the bucket; then reads every object again. Safe to repeat. No run may be going
 * on: it would write what it has read before.
 * @throws UnknownCustomerError, ErasureFailedError, ErasureCutShortError, NewerLakeError, StatementParameterError.
 */
export function forgetCustomer(request: CloudErasureRequest): Promise<CloudErasureReport> {
  return toldWhenCutShort((begun) =>
    eraseAndProve({ ...request, customerId: erasedIdOf(request.customerId) ?? "", begun }),
  );
}

async function eraseAndProve(
  given: CloudErasureRequest & Pick<LakeErasureRequest, "begun">,
): Promise<CloudErasureReport> {
  const { sql, customerId, oldVersions, tell } = given;
  await readableLakeVersion(given.store);
  const request = { ...given, answerPrefix: `staging/erasure-${given.token}/`, prefixes: ZONES_OF_CUSTOMERS };
  // Iceberg alone writes its files.
  const lake = await eraseFromLake({ ...request, isSearched: (key) => !key.startsWith("processed/") });
  await purgeDeletedRows(sql, tell);
  const runsInDatabase = await eraseFromDatabase(given);
  // The last that writes to the bucket; what follows only reads, but for the removal of old versions.
  const held = await heldInTables(request, customerId);
  const oldVersionsRemoved = await oldVersions.remove();
  const objects = await searchObjects({ ...request, isSearched: () => true });
  const places = [
    ...objects.asCustomer,
    ...held.map(({ source }) => `the table transactions (${source})`),
    ...(given.database === undefined ? [] : await inDatabase(given.database, customerId)),
    ...(await oldVersions.keys()).map((key) => `an old version of ${key}`),
  ];
  if (places.length > 0) throw new ErasureFailedError(places);
  await recordProof(given.store, lake.erasureId, given.clock.now());
  return { ...lake, runsInDatabase, oldVersionsRemoved, proof: objects };
}

async function eraseFromDatabase({ database, store, customerId }: CloudErasureRequest): Promise<string[]> {
  if (database === undefined) return [];
  return database.transaction((transactionId) =>
    eraseRows(dataApiConnection(database, transactionId), customerId, (runId) => summaryOf(store, runId)),
  );
}

function inDatabase(database: DataApi, customerId: string): Promise<string[]> {
  return database.transaction((transactionId) => tablesHolding(dataApiConnection(database, transactionId), customerId));
}
