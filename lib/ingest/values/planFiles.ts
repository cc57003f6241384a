import type { ScratchEngine } from "../engine.ts";
import type { LoadedFile } from "../load/loadedTable.ts";
import { createRefusals } from "../load/refusals.ts";
import type { DecimalMark } from "../types.ts";
import type { DateRequest } from "./dates/dateColumn.ts";
import { planValues, type ValuePlan } from "./valuePlan.ts";

/**
 * Files with the same columns in the same roles are one body of evidence: a daily file alone may not tell d/m from m/d.
 */
const evidenceKey = ({ layout, mapping }: LoadedFile): string =>
  JSON.stringify([layout.header, Object.entries(mapping.columns).map(([role, column]) => [role, column.position])]);

/** Decides how the values of each file are written. @throws as `planValues`, for all files at once */
export async function planFiles(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  requested: DateRequest & { readonly decimalMark?: DecimalMark | undefined },
): Promise<(file: LoadedFile) => ValuePlan> {
  const plans = new Map<string, ValuePlan>();
  const refusals = createRefusals();
  for (const [key, alike] of Map.groupBy(files, evidenceKey)) {
    const plan = await refusals.attempt(() => planValues(engine, alike, requested));
    if (plan !== undefined) plans.set(key, plan);
  }
  refusals.throwAny();
  return (file) => plans.get(evidenceKey(file)) as ValuePlan;
}
