import { decidingSettings } from "../../domain/config/decidingSettings.ts";
import { addDays } from "../../domain/dates.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { featuresOfModel } from "../../domain/rfm/featureColumns.ts";
import { RESULT_VERSION } from "../../domain/run/resultVersion.ts";
import { contentId } from "../../domain/text/hash.ts";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RowOf } from "../../tables/contract.ts";
import type { STAGES } from "../../tables/stages.ts";
import type { LineageEntry, RunManifest, RunPlan } from "../documents.ts";
import { erasuresWithin } from "../lake/erasures.ts";
import { writeJson } from "../lake/json.ts";
import { attemptPrefix, modelKey, runKey } from "../lake/layout.ts";
import { readStage } from "../lake/readTable.ts";
import { recordLakeVersion } from "../ledger/lakeVersion.ts";
import { followedRun, readIfThere, referenceFor } from "../models/reference.ts";
import { cutOf, knowsEarlierSegments } from "../report/backtest.ts";

import { renderRunStatements } from "../sql/statements.ts";
import { loadConfig } from "../start/configuration.ts";
import type { IngestState, RunIdentity, RunState, StepPorts } from "./state.ts";

/** The history holds no row that counts. */
export class NoUsableRowsError extends SegmentationError {
  constructor(hasDrop: boolean) {
    const what = hasDrop
      ? "No row of the drop or of the history counts as a purchase under the policies. `rfm rejects` lists the dropped rows with their reasons."
      : "The lake holds no transactions yet: drop a file first (rfm run FILE).";
    super("NO_USABLE_ROWS", what);
  }
}

/**
 * Records the version of the lake's tables, decides the snapshot date and the run id, and renders the statements of the
 * second half. The run id is a digest of what decides the result (contents, settings that are not at their defaults,
 * snapshot date, version of the results, and the model whose cluster ids are carried over), so the same inputs give the
 * same run id and byte-identical segments.
 * @throws NoUsableRowsError when nothing counts.
 */
export async function planRun(ports: StepPorts, state: IngestState & Pick<RunState, "queries">): Promise<RunState> {
  // A run that began under a release before has said nothing of it.
  const { migratedTo = null } = state as Partial<IngestState>;
  if (migratedTo !== null) await recordLakeVersion(ports.store, migratedTo, state.attempt);
  const config = await loadConfig(ports.store, state.configKey);
  const [history, bounds] = await Promise.all([
    readStage(ports.store, "history", attemptPrefix(state.attempt)),
    readStage(ports.store, "bounds", attemptPrefix(state.attempt)),
  ]);
  const [{ first_date: firstDate = null, last_date: lastDate = null, customers = 0 } = {}] = bounds;
  if (firstDate === null || lastDate === null) throw new NoUsableRowsError(state.drop.hasRows);
  const snapshotDate = config.snapshotDate === "auto" ? addDays(lastDate, 1) : config.snapshotDate;
  const lineage = lineageOf(history);
  const settings = decidingSettings(config);
  const configHash = contentId(settings);
  const contents = lineage.map(({ ingestId: _id, rows: _rows, ...content }) => content);
  const erased = await erasuresWithin(ports.store, lineage);
  const inputs = {
    settings,
    contents,
    ...(erased.length === 0 ? {} : { erased }),
    snapshotDate,
    resultVersion: RESULT_VERSION,
  };
  const inputsId = contentId(inputs);
  const { stableIds } = config.clusters;
  const reference = await referenceFor(ports.store, { inputsId, snapshotDate, stableIds });
  const digest = contentId({ ...inputs, ...(reference.model === null ? {} : { reference: reference.model }) }, 10);
  const run: RunIdentity = { runId: `${snapshotDate}-${digest}`, snapshotDate, createdAt: state.asOf };
  const previous = await followedRun(ports.store, reference);
  const span = { firstDate, snapshotDate, customers };
  const { enabled, holdoutDays } = config.backtest;
  const cut = enabled && knowsEarlierSegments(config) ? cutOf(span, holdoutDays, config.windowMonths) : undefined;
  const seenAgainst = { inputsId, reference, previous, cut: cut ?? null };
  const carriedFeatures = await scoredFeatures(ports.store, previous);
  const carried = carriedFeatures.length === 0 ? {} : { carriedFeatures };
  const plan: RunPlan = { run, attempt: state.attempt, configHash, lineage, config, ...seenAgainst, ...carried };
  await writeJson(ports.store, runKey(state.attempt), plan);
  return {
    attempt: state.attempt,
    repeats: {},
    configKey: state.configKey,
    drop: state.drop,
    run,
    queries: state.queries ?? {},
    statements: renderRunStatements({
      config,
      asOf: new Date(state.asOf),
      attempt: state.attempt,
      lakeUri: ports.store.uri,
      run,
      previous: previous ?? undefined,
      cut,
      carriedFeatures,
    }),
  };
}

/** What the customers of the run before were scored by: they are scored again that way, to tell who moved and why. */
async function scoredFeatures(store: ObjectStore, previous: RunManifest | null): Promise<string[]> {
  const key = previous === null ? undefined : modelKey(previous.modelVersion);
  const card = key === undefined ? undefined : await readIfThere<ModelCard>(store, key);
  return card === undefined ? [] : featuresOfModel({ ...card, features: [] });
}

type LiveSource = RowOf<typeof STAGES.history.columns>;

/**
 * The live sources in the order of their names' bytes, whatever the order of the files that hold them: Athena promises
 * none, and the run id is a digest of this list.
 */
export function lineageOf(history: readonly LiveSource[]): LineageEntry[] {
  return [...history].sort((a, b) => compareUtf8(a.source, b.source)).map(lineageEntry);
}

function lineageEntry(row: LiveSource): LineageEntry {
  return {
    ingestId: row.ingest_id,
    source: row.source,
    contentHash: row.content_hash,
    rows: row.rows_in,
    ...((row.superseded_orders ?? 0) > 0 ? { supersededOrders: row.superseded_orders as number } : {}),
  };
}
