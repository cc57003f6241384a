import { MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../../workflow/lake/json.ts";
import type { QualityReport } from "../../workflow/steps/checkQuality.ts";
import type { QualityVerdict } from "../../workflow/steps/state.ts";
import { DRIFT, REJECTED_SHARE } from "./qualityMetricNames.ts";
import { metrics } from "./telemetry.ts";

/** Percent of the rows of a drop that are not kept; 0 for an empty one. */
export function rejectedPercent({ rowsIn, ledger }: Pick<QualityReport, "rowsIn" | "ledger">): number {
  const kept = ledger.find((line) => line.reason === "kept")?.rows ?? 0;
  return rowsIn === 0 ? 0 : (100 * (rowsIn - kept)) / rowsIn;
}

/** Publishes how much of a drop was rejected. */
export async function meterQuality(store: ObjectStore, { qualityKey }: QualityVerdict): Promise<void> {
  const report = await readJson<QualityReport>(store, qualityKey);
  metrics.addMetric(REJECTED_SHARE, MetricUnit.Percent, rejectedPercent(report));
  metrics.addMetric("RowsIn", MetricUnit.Count, report.rowsIn);
}

/** The greatest stability index of a feature that has drifted; 0 where none has. */
export function greatestDrift({ drift }: Pick<Summary, "drift">): number {
  return Math.max(0, ...(drift?.features ?? []).filter(({ level }) => level !== "ok").map(({ psi }) => psi));
}

/** Publishes how far the customers are from those of the model before. */
export async function meterDrift(store: ObjectStore, { summaryKey }: { readonly summaryKey: string }): Promise<void> {
  metrics.addMetric(DRIFT, MetricUnit.NoUnit, greatestDrift(await readJson<Summary>(store, summaryKey)));
}
