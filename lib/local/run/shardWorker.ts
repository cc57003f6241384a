import { fitShard } from "../../workflow/steps/fitShard.ts";
import { recordedStep } from "../../workflow/steps/recordedStep.ts";
import { scoreShard } from "../../workflow/steps/scoreShard.ts";
import type { ShardInput } from "../../workflow/steps/state.ts";
import { openFolderStore } from "../lake/folderStore.ts";

export interface ShardTask {
  readonly task: "fit" | "score";
  readonly lakeDirectory: string;
  readonly input: ShardInput;
}

/** One iteration of a Map, in a worker thread. */
export default async function runShard({ task, lakeDirectory, input }: ShardTask): Promise<unknown> {
  const ports = { store: openFolderStore(lakeDirectory), clock: { now: () => new Date() } };
  return task === "fit"
    ? recordedStep("FitShard", ports, fitShard)(input)
    : recordedStep("ScoreShard", ports, scoreShard)(input);
}
