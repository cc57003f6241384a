import { availableParallelism } from "node:os";
import type { ScoreJobStarter } from "../../api/types.ts";
import type { ObjectStore } from "../../ports.ts";
import { unfinishedScoreJobs } from "../../workflow/scoring/scoringJob.ts";
import type { ScoreJobInput } from "../../workflow/steps/scoreJob.ts";
import type { ScoreJobTask } from "./scoreJobWorker.ts";

const MACHINE_FILE = new URL("../../workflow/batch-scoring.asl.json", import.meta.url);
const WORKER_FILE = new URL("./scoreJobWorker.ts", import.meta.url);
const TASK_STATES = ["PlanScoring", "ScoreInputShard", "FinishScoring", "RecordScoringFailure"] as const;

export interface LocalScoreJobs {
  readonly start: ScoreJobStarter;
  /** Goes on with jobs that an earlier server left: their shards come out the same. */
  resume(): Promise<void>;
  /** Resolves when no job is under way. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** Score jobs one after another, by the same machine as on AWS, their steps in worker threads. */
export function openScoreJobs(
  store: ObjectStore,
  { lakeDirectory, databaseUrl }: Pick<ScoreJobTask, "lakeDirectory" | "databaseUrl">,
  onFault: (error: unknown) => void = () => undefined,
): LocalScoreJobs {
  const concurrency = availableParallelism();
  let queue: Promise<void> = Promise.resolve();
  let pool: Promise<{ run(task: ScoreJobTask): Promise<unknown>; destroy(): Promise<void> }> | undefined;
  const openPool = async () => {
    const { Piscina } = await import("piscina");
    return new Piscina({ filename: WORKER_FILE.href, minThreads: 0, maxThreads: concurrency, idleTimeout: 5_000 });
  };
  const run = async (jobId: string): Promise<void> => {
    const { loadMachine, runMachine } = await import("../run/machine.ts");
    pool ??= openPool();
    const workers = await pool;
    const step = (input: ScoreJobInput): Promise<unknown> =>
      workers.run({ lakeDirectory, concurrency, databaseUrl, input });
    const handlers = Object.fromEntries(TASK_STATES.map((name) => [name, step as (input: never) => Promise<unknown>]));
    await runMachine(loadMachine(MACHINE_FILE), handlers, { jobId }, { executionName: jobId });
  };
  const enqueue = (jobId: string): void => {
    // The machine has written down why it failed; what is left is for the log.
    queue = queue.then(() => run(jobId)).catch(onFault);
  };
  return {
    start: async (jobId) => enqueue(jobId),
    async resume() {
      for (const jobId of await unfinishedScoreJobs(store)) enqueue(jobId);
    },
    idle: () => queue,
    async close() {
      await (await pool)?.destroy();
      await queue;
    },
  };
}
