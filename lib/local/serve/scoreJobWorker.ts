import type { PgSession } from "../../postgres/connection.ts";
import { createPredictionTable } from "../../postgres/predictionTable.ts";
import { type ScoreJobInput, scoreJobStep } from "../../workflow/steps/scoreJob.ts";
import { openFolderStore } from "../lake/folderStore.ts";
import { openPgSession } from "../postgres/pgDatabase.ts";

export interface ScoreJobTask {
  readonly lakeDirectory: string;
  readonly concurrency: number;
  /** PostgreSQL that predictions may go into; absent for none. */
  readonly databaseUrl?: string | undefined;
  readonly input: ScoreJobInput;
}

/** One step of the scoring machine, in a worker thread: the server goes on answering. */
export default async function runStep(task: ScoreJobTask): Promise<unknown> {
  const { lakeDirectory, concurrency, databaseUrl, input } = task;
  const session = databaseUrl === undefined ? undefined : connectedWhenAsked(databaseUrl);
  const ports = {
    store: openFolderStore(lakeDirectory),
    clock: { now: () => new Date() },
    mapConcurrency: concurrency,
    ...(session === undefined ? {} : { predictions: createPredictionTable(session) }),
  };
  return scoreJobStep(ports, input).finally(() => session?.close());
}

/** Most jobs write objects alone, and must not need a server that answers. */
function connectedWhenAsked(databaseUrl: string): PgSession {
  let opened: Promise<PgSession> | undefined;
  return {
    vacuumsItself: true,
    async withConnection(use) {
      opened ??= openPgSession(databaseUrl);
      return (await opened).withConnection(use);
    },
    close: async () => (await opened)?.close(),
  };
}
