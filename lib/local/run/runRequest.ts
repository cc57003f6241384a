import type { Config } from "../../domain/config/config.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { Clock, ObjectStore } from "../../ports.ts";
import type { AsOf } from "../lake/asOf.ts";
import type { LocalPorts } from "./handlers.ts";
import type { MachineEvent, TaskHandlers } from "./machine.ts";

export interface LocalLakeOptions {
  readonly lakeDirectory: string;
  /** A PostgreSQL to load; PGlite in the lake without it. */
  readonly databaseUrl?: string;
  /** How long to wait for another run on the same lake, in milliseconds. */
  readonly waitMs?: number;
  readonly onWait?: (reason: string) => void;
  readonly threads?: number;
  /** Ends the waiting, and the run before it is published. */
  readonly signal?: AbortSignal;
}

export interface DropRunRequest {
  /** Files and folders to drop as one; none to segment the history as it is. */
  readonly files: readonly string[];
  readonly config: Config;
  /** Segments the history as it was, beside what is published: readers go on seeing what they see. Without files. */
  readonly asOf?: AsOf;
  readonly onEvent?: (event: MachineEvent) => void;
  /** Wraps ports and handlers, for tests that break them. */
  readonly intercept?: {
    readonly ports?: (ports: LocalPorts) => LocalPorts;
    readonly handlers?: (handlers: TaskHandlers) => TaskHandlers;
    /** Milliseconds between retries, in place of the definition's. */
    readonly retryIntervalMs?: number;
  };
  readonly clock?: Clock;
  /** Stops the run before it is published: RunAbortedError. */
  readonly signal?: AbortSignal;
}

export type LocalRunRequest = LocalLakeOptions & DropRunRequest;

export interface LocalRunResult {
  readonly attempt: string;
  readonly summary: Summary;
  readonly store: ObjectStore;
}
