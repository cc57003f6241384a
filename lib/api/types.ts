import type { Context } from "hono";
import type { Arm } from "../domain/rfm/scoringArm.ts";
import type { Clock, ObjectStore } from "../ports.ts";
import type { OperationId } from "./operations.ts";
import type { ModelSource } from "./scoring/modelSource.ts";
import type { SegmentReader } from "./segments/segmentReader.ts";
/** Starts the scoring machine for a job that is written down already. */
export type ScoreJobStarter = (jobId: string) => Promise<void>;

/** What a request was about, for logs and metrics: never values, never ids of customers. */
export interface ApiEvent {
  readonly operation: string;
  readonly status: number;
  readonly durationMs: number;
  readonly correlationId: string;
  /** Customers scored by each arm. */
  readonly scored?: Readonly<Record<Arm, number>>;
}

/** Shows the OpenAPI document to people, without anything from elsewhere. */
export interface DocsViewer {
  /** The page, and its content security policy. */
  page(document: object): { readonly html: string; readonly policy: string };
  /** The script that the page loads from beside itself. */
  script(): Promise<string>;
}

/** What the service needs of its surroundings. */
export interface ApiPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly models: ModelSource;
  readonly segments: SegmentReader;
  readonly startScoreJob: ScoreJobStarter;
  /** Score jobs can load their predictions into a database; default false. */
  readonly hasPredictionTable?: boolean;
  readonly cursorKey: () => Promise<Uint8Array>;
  readonly limits: { readonly maxBodyBytes: number; readonly maxInstances: number };
  /** Without one everybody may ask: on AWS the gateway has checked already. */
  readonly bearerToken?: string;
  /** Origins whose pages may call; none by default. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Names by which it may be called beside this machine's own; undefined where it is not on this machine alone, and any
   * does.
   */
  readonly allowedHosts?: readonly string[];
  /** Without one there is no /docs. */
  readonly docs?: DocsViewer;
  readonly observe?: (event: ApiEvent) => void;
  /** Hears of answers of 500 and above. */
  readonly onFault?: (error: unknown, correlationId: string) => void;
}

/** 6 MB: what a synchronous Lambda invocation takes. 10,000 predictions stay below it too. */
export const DEFAULT_LIMITS = { maxBodyBytes: 6_000_000, maxInstances: 10_000 } as const;

export type ApiEnvironment = {
  Variables: { correlationId: string; operation: OperationId | undefined; scored: Record<Arm, number> | undefined };
};

export type ApiContext = Context<ApiEnvironment>;

export type ApiHandler = (context: ApiContext) => Promise<Response>;
