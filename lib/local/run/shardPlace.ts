import type { Piscina } from "piscina";
import type { ObjectStore } from "../../ports.ts";
import { readJson } from "../../workflow/lake/json.ts";
import type { ClusteringPlan } from "../../workflow/shards/clusteringPlan.ts";
import type { ShardRunner } from "./handlers.ts";
import type { Lazy } from "./lazily.ts";

/** Up to so many customers a thread takes longer to start than it works: it loads the steps anew. */
const FEW_CUSTOMERS = 10_000;

/** Where the shards of a run are worked on: in threads, or, if there is a single small one, in this thread. */
export interface ShardPlace {
  /** Hears what PlanClustering has planned, before the first shard. */
  expect(planned: { readonly planKey: string; readonly shards: readonly number[] }): Promise<void>;
  readonly run: ShardRunner;
}

export function shardPlace(store: ObjectStore, lakeDirectory: string, pool: Lazy<Piscina>): ShardPlace {
  let isHere = false;
  return {
    expect: async ({ planKey, shards }) => {
      const { customers } = await readJson<ClusteringPlan>(store, planKey);
      isHere = shards.length === 1 && customers <= FEW_CUSTOMERS;
      if (!isHere) pool.get();
    },
    run: async (task, input) => {
      if (!isHere) return pool.get().run({ task, lakeDirectory, input });
      const { default: runInThread } = await import("./shardWorker.ts");
      return runInThread({ task, lakeDirectory, input });
    },
  };
}
