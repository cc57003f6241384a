import type { Context } from "hono";
import type { Arm } from "../domain/rfm/scoringArm.ts";
import type { Clock, ObjectStore } from "../ports.ts";
import { readAliases } from "../workflow/models/aliases.ts";
import { listModels } from "../workflow/models/modelRegistry.ts";
import { openApiDocument } from "./openapi.ts";
import { noQuery, type OperationId } from "./operations.ts";
import { checked, ProblemError } from "./problems.ts";
import { invoke } from "./scoring/invocations.ts";
import type { ModelSet, ModelSource } from "./scoring/modelSource.ts";
import { type ScoreJobStarter, scoreJobHandlers } from "./scoring/scoreJobs.ts";
import { customerHandlers } from "./segments/customers.ts";
import type { SegmentReader } from "./segments/segmentReader.ts";

/** What a request was about, for logs and metrics: never values, never ids of customers. */
export interface ApiEvent {
  readonly operation: string;
  readonly status: number;
  readonly durationMs: number;
  readonly correlationId: string;
  /** Customers scored by each arm. */
  readonly scored?: Readonly<Record<Arm, number>>;
}

/** What the service needs of its surroundings. */
export interface ApiPorts {
  readonly store: ObjectStore;
  readonly clock: Clock;
  readonly models: ModelSource;
  readonly segments: SegmentReader;
  readonly startScoreJob: ScoreJobStarter;
  readonly cursorKey: () => Promise<Uint8Array>;
  readonly limits: { readonly maxBodyBytes: number; readonly maxInstances: number };
  /** Without one everybody may ask: on AWS the gateway has checked already. */
  readonly bearerToken?: string;
  /** Origins whose pages may call; none by default. */
  readonly allowedOrigins?: readonly string[];
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

/** A handler for every operation. */
export function handlers(ports: ApiPorts): Readonly<Record<OperationId, ApiHandler>> {
  let document: Record<string, unknown> | undefined;
  return {
    async ping(context) {
      const set = await ports.models.current();
      return context.json({ status: "ok", model_version: set?.champion.card.modelVersion ?? null });
    },
    invoke: (context) => invoke(ports, context),
    ...customerHandlers(ports),
    async getModel(context) {
      checked(noQuery, context.req.query());
      return context.json((await requireModels(ports)).champion.card);
    },
    async listModels(context) {
      checked(noQuery, context.req.query());
      return context.json(await modelsAnswer(ports.store));
    },
    ...scoreJobHandlers(ports),
    async getDocument(context) {
      document ??= openApiDocument();
      return context.json(document);
    },
  };
}

/** The models in use. @throws ProblemError 409 while there is none. */
export async function requireModels({ models }: Pick<ApiPorts, "models">): Promise<ModelSet> {
  const set = await models.current();
  if (set === undefined) throw new ProblemError(409, "NO_MODEL", "The lake has no model yet: the first run makes one.");
  return set;
}

async function modelsAnswer(store: ObjectStore): Promise<unknown> {
  const [{ champion, challenger }, models] = await Promise.all([readAliases(store), listModels(store)]);
  return {
    champion,
    challenger: challenger == null ? null : { model_version: challenger.modelVersion, share: challenger.share },
    models: models.map(({ modelVersion, createdAt, snapshotDate, runId, ...model }) => ({
      model_version: modelVersion,
      created_at: createdAt,
      snapshot_date: snapshotDate,
      run_id: runId,
      ...model,
    })),
  };
}
