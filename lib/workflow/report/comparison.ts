import { decidingChanges } from "../../domain/config/settingChanges.ts";
import { type SalesPeriods, salesPeriods } from "../../domain/run/salesPeriods.ts";
import type { Summary } from "../../domain/run/summary.ts";
import type { ObjectStore } from "../../ports.ts";
import type { MartRow } from "../../tables/marts.ts";
import type { RunManifest, RunPlan } from "../documents.ts";
import { runKey } from "../lake/layout.ts";
import { readIfThere } from "../models/reference.ts";
import { windowStart } from "../sql/policyParameters.ts";

/** What a run may be compared with, and which settings changed in between; null for a first run. */
export async function comparisonOf(
  store: ObjectStore,
  { previous, config }: Pick<RunPlan, "previous" | "config">,
): Promise<NonNullable<Summary["comparison"]> | null> {
  if (previous === null) return null;
  const before = await readRunPlan(store, previous);
  return {
    ...{ runId: previous.runId, snapshotDate: previous.snapshotDate },
    changed: before === undefined ? [] : decidingChanges(before.config, config),
  };
}

/** What a published run was made of; undefined where its attempt is not in the lake any more. */
export const readRunPlan = (store: ObjectStore, { attempt }: RunManifest): Promise<RunPlan | undefined> =>
  readIfThere<RunPlan>(store, runKey(attempt));

/** Sales of periods that may be compared, of the days that count. */
export function salesPeriodsOf(
  months: readonly MartRow<"by_month">[],
  days: readonly MartRow<"by_day">[],
  { firstDate, lastDate }: Pick<Summary["history"], "firstDate" | "lastDate">,
  { run: { snapshotDate }, config }: RunPlan,
): SalesPeriods {
  const opened = windowStart(snapshotDate, config.windowMonths);
  return salesPeriods(
    months.map(({ order_month: start, revenue, orders }) => ({ start, revenue, orders })),
    days.map(({ order_date: start, revenue, orders }) => ({ start, revenue, orders })),
    { firstDate: opened > firstDate ? opened : firstDate, lastDate, snapshotDate },
  );
}
