import type { Config } from "../domain/config/config.ts";
import type { RunIdentity } from "./steps/state.ts";
/** `runs/<run id>.json`: which attempt's results are the run's, and with which model. */
export interface RunManifest {
  readonly runId: string;
  readonly attempt: string;
  readonly modelVersion: string;
  readonly snapshotDate: string;
  readonly createdAt: string;
  readonly customers: number;
  readonly summaryKey: string;
}

/** What a run is seen against. */
export interface RunReference {
  /** Version of the model whose cluster ids are carried over; null for none. */
  readonly model: string | null;
  /** The run whose customers are followed into this one; null for none. */
  readonly previous: RunManifest | null;
}

/** From when on spending is held out, and how many customers one of them stands for: one in N is looked at. */
export interface BacktestCut {
  /** ISO date. */
  readonly cutDate: string;
  readonly sampledOneIn: number;
}

/** One live source, as `run.json` and the model card keep it. */
export interface LineageEntry {
  readonly ingestId: string;
  readonly source: string;
  readonly contentHash: string;
  readonly rows: number;
  /** Orders of it that a later source has too; only where there are any. */
  readonly supersededOrders?: number;
}

/** `run.json`: what a run is made of. */
export interface RunPlan {
  readonly run: RunIdentity;
  readonly attempt: string;
  readonly configHash: string;
  readonly lineage: readonly LineageEntry[];
  readonly config: Config;
  /** Digest of what decides the result but for the reference. */
  readonly inputsId: string;
  readonly reference: RunReference;
  /** The run whose customers are followed into this one; null for none. */
  readonly previous: RunManifest | null;
  /** The back-test's cut; null for no back-test. */
  readonly cut: BacktestCut | null;
  /** Keys of features that the run before was scored by, and this one may not be; absent for none. */
  readonly carriedFeatures?: readonly string[];
}
