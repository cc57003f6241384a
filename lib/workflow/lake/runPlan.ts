import { parseConfig } from "../../domain/config/configFile.ts";
import type { ObjectStore } from "../../ports.ts";
import type { RunPlan } from "../documents.ts";
import { readJson } from "./json.ts";
import { runKey } from "./layout.ts";

/** The plan of a finished run; settings that its release did not know yet are at their defaults. */
export async function readRunPlan(store: ObjectStore, attempt: string): Promise<RunPlan> {
  const plan = await readJson<RunPlan>(store, runKey(attempt));
  return { ...plan, config: parseConfig(plan.config, `The configuration of run ${plan.run.runId}`) };
}
