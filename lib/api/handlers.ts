import type { ObjectStore } from "../ports.ts";
import { readAliases } from "../workflow/models/aliases.ts";
import { listModels } from "../workflow/models/modelRegistry.ts";
import { openApiDocument } from "./openapi.ts";
import { noQuery, type OperationId } from "./operations.ts";
import { checked } from "./problems.ts";
import { invoke } from "./scoring/invocations.ts";
import { requireModels } from "./scoring/modelSource.ts";
import { scoreJobHandlers } from "./scoring/scoreJobs.ts";
import { customerHandlers } from "./segments/customers.ts";
import type { ApiHandler, ApiPorts } from "./types.ts";

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
