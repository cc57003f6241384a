import { type ScoreJobInput, scoreJobStep } from "../../workflow/steps/scoreJob.ts";
import { openFolderStore } from "../lake/folderStore.ts";

export interface ScoreJobTask {
  readonly lakeDirectory: string;
  readonly concurrency: number;
  readonly input: ScoreJobInput;
}

/** One step of the scoring machine, in a worker thread: the server goes on answering. */
export default function runStep({ lakeDirectory, concurrency, input }: ScoreJobTask): Promise<unknown> {
  const ports = {
    store: openFolderStore(lakeDirectory),
    clock: { now: () => new Date() },
    mapConcurrency: concurrency,
  };
  return scoreJobStep(ports, input);
}
