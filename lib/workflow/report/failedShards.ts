import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../lake/json.ts";
import { failedStepsPrefix, stepsPrefix } from "../lake/layout.ts";
import type { StepFailure } from "../steps/recordedStep.ts";

/** More than these need not be read to know what went wrong. */
const MAX_READ = 20;

export interface FailedShards {
  readonly first: StepFailure | undefined;
  /** Shards that failed and did not succeed later. */
  readonly count: number;
}

/** Shards of a Map that failed for good, by what they left in the store; the first by time among those looked at. */
export async function failedShards(
  store: ObjectStore,
  attempt: string,
  step: "FitShard" | "ScoreShard",
): Promise<FailedShards> {
  const namesUnder = async (prefix: string): Promise<string[]> =>
    (await store.list(`${prefix}${step}-`)).map(({ key }) => key.slice(prefix.length));
  const [failed, ended] = await Promise.all([failedStepsPrefix(attempt), stepsPrefix(attempt)].map(namesUnder));
  const recovered = new Set(ended);
  const left = (failed ?? []).filter((name) => !recovered.has(name));
  const failures = await Promise.all(
    left.slice(0, MAX_READ).map((name) => readJson<StepFailure>(store, `${failedStepsPrefix(attempt)}${name}`)),
  );
  const [first] = failures.sort((a, b) => (a.failedAt < b.failedAt ? -1 : a.failedAt > b.failedAt ? 1 : 0));
  return { first, count: left.length };
}
