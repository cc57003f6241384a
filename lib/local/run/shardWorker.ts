import { fitForecast } from "../../workflow/steps/fitForecast.ts";
import { fitShard } from "../../workflow/steps/fitShard.ts";
import { recordedStep } from "../../workflow/steps/recordedStep.ts";
import { scoreShard } from "../../workflow/steps/scoreShard.ts";
import type { RunState, ShardInput } from "../../workflow/steps/state.ts";
import { openFolderStore } from "../lake/folderStore.ts";

export interface ShardTask {
  readonly task: "fit" | "score";
  readonly lakeDirectory: string;
  readonly input: ShardInput;
}

/** The fit of the forecast, which takes as long as that of the clusters, and is independent of it. */
export interface ForecastTask {
  readonly task: "forecast";
  readonly lakeDirectory: string;
  readonly codeVersion: string;
  readonly input: RunState;
}

/** One iteration of a Map, or another step that is computation alone, in a worker thread. */
export default async function runInThread(given: ShardTask | ForecastTask): Promise<unknown> {
  const ports = { store: openFolderStore(given.lakeDirectory), clock: { now: () => new Date() } };
  if (given.task === "forecast")
    return recordedStep("FitForecast", { ...ports, codeVersion: given.codeVersion }, fitForecast)(given.input);
  return given.task === "fit"
    ? recordedStep("FitShard", ports, fitShard)(given.input)
    : recordedStep("ScoreShard", ports, scoreShard)(given.input);
}
