import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { healTables } from "../../workflow/models/shownRun.ts";
import { openDuckDbEngine } from "../duckdb/index.ts";
import { openFolderStore } from "../lake/folderStore.ts";
import { whenLakeIsFree } from "../lake/lakeLock.ts";
import { NoLakeError } from "../lake/lakeQueries.ts";
import { rebuildDatabase } from "../postgres/buildDatabase.ts";
import { type Check, examineLake } from "./examine.ts";
import { readInventory } from "./inventory.ts";
import { type MissingPiece, missingPieces } from "./missingPieces.ts";
import { type Repair, repairLake } from "./repair.ts";

export interface DoctorReport {
  /** What was missing when the doctor came. */
  readonly missing: readonly MissingPiece[];
  readonly repair: Repair | null;
  /** Of the lake as it is afterwards; without a repair and with something missing, none. */
  readonly checks: readonly Check[];
  readonly isHealthy: boolean;
}

export interface DoctorRequest {
  readonly lakeDirectory: string;
  /** Rebuilds what follows from the rest; nothing is written without it. */
  readonly repairs: boolean;
  readonly waitMs: number;
}

const ZONES = ["processed", "raw", "runs", "models", "ledger"];

/** Looks at all of a lake, says what is missing, and rebuilds what it can. @throws NoLakeError, LakeBusyError. */
export async function examineAndRepair({
  lakeDirectory: given,
  repairs,
  waitMs,
}: DoctorRequest): Promise<DoctorReport> {
  const lakeDirectory = resolve(given);
  if (!ZONES.some((zone) => existsSync(join(lakeDirectory, zone)))) throw new NoLakeError(given);
  const missing = missingPieces(lakeDirectory);
  // The lock is DuckDB's on the catalog: opening it would make an empty one.
  if (missing.length > 0 && !repairs) return { missing, repair: null, checks: [], isHealthy: false };
  const open = () => openDuckDbEngine({ lakeDirectory, threads: 2, tempDirectory: join(lakeDirectory, ".tmp") });
  const engine = await whenLakeIsFree(open, waitMs);
  try {
    const store = openFolderStore(lakeDirectory);
    const inventory = await readInventory(store);
    const patient = { engine, store, lakeDirectory, inventory };
    const repair = repairs ? await repairLake({ ...patient, pieces: missing }) : null;
    if (repairs) await healTables(store);
    let checks = await examineLake(patient);
    const ofDatabase = checks.find(({ name, problems }) => name.startsWith("the database") && problems.length > 0);
    if (repairs && ofDatabase !== undefined) {
      await rebuildDatabase(store, lakeDirectory);
      checks = await examineLake(patient);
    }
    const isWhole = checks.every(({ problems }) => problems.length === 0);
    return { missing, repair, checks, isHealthy: isWhole && (repair?.lost.length ?? 0) === 0 };
  } finally {
    engine.close();
  }
}
