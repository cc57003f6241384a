import { fitShard } from "../workflow/steps/fitShard.ts";
import { scoreShard } from "../workflow/steps/scoreShard.ts";
import type { ShardInput } from "../workflow/steps/state.ts";
import { openFolderStore } from "./folderStore.ts";

export interface ShardTask {
  readonly task: "fit" | "score";
  readonly lakeDirectory: string;
  readonly input: ShardInput;
}

/** One iteration of a Map, in a worker thread. */
export default async function runShard({ task, lakeDirectory, input }: ShardTask): Promise<unknown> {
  const store = openFolderStore(lakeDirectory);
  return task === "fit" ? fitShard({ store }, input) : scoreShard({ store }, input);
}
