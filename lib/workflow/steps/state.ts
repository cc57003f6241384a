import type { Clock, FunctionHost, ObjectStore } from "../../ports.ts";
import type { TableStatement } from "../ledger/lakeVersion.ts";

/** What each step hands to the next: references only, so that a state stays far below Step Functions' 256 KiB. */

/** One dropped object and the name under which it is known in the ledger. */
export interface DroppedObject {
  readonly key: string;
  readonly source: string;
}

export interface Drop {
  /** No objects: refresh the segments from the history as it is. */
  readonly objects: readonly DroppedObject[];
  /**
   * Beginnings of the names of its sources, with a final slash, that it brings whole: sources that begin so and are not
   * in it go.
   */
  readonly folders?: readonly string[];
  /**
   * ISO timestamp, or a day for its end: the history as it was then, without objects, kept beside what is published.
   * Default: now.
   */
  readonly asOf?: string;
}

export interface ExecutionInput {
  /** Execution name; unique, and the id of the drop's ingest. */
  readonly attempt: string;
  /** Key of the configuration, or null for the defaults. */
  readonly configKey: string | null;
  readonly drop: Drop;
}

export interface IngestState {
  readonly attempt: string;
  /** How often statements have been run again, by their names: none yet. */
  readonly repeats: Readonly<Record<string, number>>;
  readonly configKey: string | null;
  /** ISO timestamp as of which the ledger is read by everything that follows; the drop is committed at it. */
  readonly asOf: string;
  readonly drop: {
    readonly ingestId: string;
    readonly rows: number;
    readonly hasRows: boolean;
    /** It brings folders whole. */
    readonly hasFolders: boolean;
    /** The run segments an earlier state of the history: it is kept, not published. */
    readonly isEarlier: boolean;
  };
  /** The version to record once `ensureTables` has succeeded; null where the lake has it already. */
  readonly migratedTo: number | null;
  readonly statements: {
    readonly ensureTables: readonly TableStatement[];
    readonly clean: string;
    readonly reconcile: readonly string[];
    readonly commit: string;
    readonly history: readonly string[];
  };
}

export interface QualityVerdict {
  readonly verdict: "pass" | "warn" | "refuse";
  readonly reason: string;
  readonly qualityKey: string;
}

export interface RunState {
  readonly attempt: string;
  readonly repeats: IngestState["repeats"];
  readonly configKey: string | null;
  readonly drop: IngestState["drop"];
  readonly run: RunIdentity;
  readonly queries: Readonly<Record<string, unknown>>;
  readonly statements: {
    /** What belongs together, where the policy matches returns with purchases; else none. */
    readonly returns: readonly string[];
    readonly features: string;
    readonly orders: string;
    readonly describeFeatures: readonly string[];
    readonly marts: readonly string[];
    readonly summaries: readonly string[];
  };
  readonly forecast?: ForecastReference;
  readonly plan?: PlanReference;
  readonly model?: ModelReference;
  readonly load?: { readonly rows: number; readonly parts: number };
  /** With what the dashboard says first, for whoever hears of the run. */
  readonly report?: { readonly summaryKey: string; readonly headline: string };
}

export interface RunIdentity {
  readonly runId: string;
  /** ISO date to which recency is counted. */
  readonly snapshotDate: string;
  /** ISO timestamp at which the run was planned. */
  readonly createdAt: string;
}

export interface ForecastReference {
  /** Null where the configuration wants none. */
  readonly forecastKey: string | null;
}

export interface PlanReference {
  readonly planKey: string;
  readonly shards: readonly number[];
  readonly concurrency: number;
}

export interface ModelReference {
  readonly modelVersion: string;
  readonly modelKey: string;
}

/** A child of FitShards or ScoreShards: which shard of which plan. */
export interface ShardInput {
  readonly attempt: string;
  readonly shard: number;
  readonly planKey: string;
  /** Absent while fitting. */
  readonly modelKey?: string;
}

/** Ports that nearly every step needs. */
export interface StepPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  /** Version of this code, part of each run's identity. */
  readonly codeVersion: string;
  /** Absent where no function is paid for: on a laptop. */
  readonly host?: FunctionHost;
}
