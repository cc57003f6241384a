import { DRIFT_THRESHOLDS, type Drift, type SegmentShare, sharesOverRuns } from "../../domain/model/drift.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Finding } from "../../domain/quality/quality.ts";
import type { Backtest } from "../../domain/run/backtest.ts";
import type { Movement } from "../../domain/run/customerMovements.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunPlan } from "../documents.ts";
import { readIfThere } from "../models/reference.ts";
import type { ClusteringPlan } from "../shards/clusteringPlan.ts";
import { readBacktest } from "./backtest.ts";
import { readMovement, writeMovementsCsv } from "./customerMovements.ts";

export interface AnalysisSources {
  readonly runPlan: RunPlan;
  readonly plan: ClusteringPlan;
  readonly model: ModelCard;
}

interface Analysis {
  readonly movement: Movement | null;
  readonly drift: Drift | null;
  readonly backtest: Backtest | null;
}

/** What a run says of the runs before it and of the days after a cut; writes the movements for the database, too. */
export async function analyse(
  store: ObjectStore,
  { runPlan, plan, model }: AnalysisSources,
  segments: Summary["segments"],
): Promise<Analysis> {
  const { previous, cut, run, config } = runPlan;
  const movement =
    previous === null ? null : await readMovement(store, plan.prefix, { runFrom: previous.runId, runTo: run.runId });
  if (previous !== null) await writeMovementsCsv(store, plan.prefix);
  const { holdoutDays } = config.backtest;
  const backtest =
    cut === null
      ? null
      : await readBacktest(store, `${plan.prefix}backtest_customers/`, `${plan.prefix}backtest_intervals/`, {
          cut,
          config,
          model,
          holdoutDays,
        });
  return { movement, drift: await driftOfRun(store, { runPlan, plan, model }, segments), backtest };
}

async function driftOfRun(
  store: ObjectStore,
  { runPlan: { previous, run }, model }: AnalysisSources,
  segments: Summary["segments"],
): Promise<Drift | null> {
  if (model.drift === undefined) return null;
  const before = previous === null ? undefined : await readIfThere<Summary>(store, previous.summaryKey);
  return {
    referenceModel: model.drift.reference,
    features: model.drift.features,
    shares: sharesOverRuns(
      before?.drift?.shares ?? (before === undefined ? [] : sharesOf(before)),
      sharesOf({ ...run, segments }),
    ),
    thresholds: { ...DRIFT_THRESHOLDS },
  };
}

function sharesOf({
  runId,
  snapshotDate,
  segments,
}: Pick<Summary, "runId" | "snapshotDate" | "segments">): SegmentShare[] {
  return segments.map(({ name, customers, customerShare }) => ({
    ...{ runId, snapshotDate, segment: name, customers },
    share: customerShare,
  }));
}

/** What to tell of the drift: one finding for each feature that moved. */
export function driftFindings(drift: Drift | null): Finding[] {
  return (drift?.features ?? [])
    .filter(({ level }) => level !== "ok")
    .map(({ feature, psi, level }) => ({
      level: level === "alarm" ? ("warn" as const) : ("info" as const),
      message: `${feature} is not distributed as when the model before was trained: population stability index ${psi.toFixed(2)} (${level === "alarm" ? "a lot" : "a little"}, from ${DRIFT_THRESHOLDS[level === "alarm" ? "alarm" : "warn"]} on).`,
    }));
}
