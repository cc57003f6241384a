import { breakpointsOf } from "../../domain/rfm/breakpoints.ts";
import type { Breakpoints, ScorePlan } from "../../domain/rfm/scorePlan.ts";
import type { ObjectStore } from "../../ports.ts";
import { readStage } from "./readTable.ts";

/**
 * The breakpoints of a run's scores, from what its statements found.
 * @param prefix folder of the run's results. @throws NoRepeatPurchasesError
 */
export async function readBreakpoints(store: ObjectStore, plan: ScorePlan, prefix: string): Promise<Breakpoints> {
  const methods = Object.values(plan).map(({ method }) => method);
  const [quantiles, tiles, intervals] = await Promise.all([
    readStage(store, "score_breakpoints", prefix),
    methods.includes("ntile") ? readStage(store, "score_tiles", prefix) : [],
    methods.includes("repeat-interval") ? readStage(store, "repeat_intervals", prefix) : [],
  ]);
  return breakpointsOf(plan, { quantiles, tiles, intervals });
}
