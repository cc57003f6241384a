import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import type { Scenario, Stage } from "../stage/scenario.ts";
import { recordsOf } from "../stage/segments.ts";
import { ask } from "./api.ts";

const JOB_SECONDS = 900;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly output: string;
  readonly customers: number | null;
  readonly error: string | null;
}

/** Scores every customer of the last run as the run has them. */
const scoreJob = (name: string, isIntoDatabase: boolean): Scenario => ({
  name,
  run: async (stage) => {
    const { cloud, twin } = stage;
    const rows = twin.segments();
    const lines = rows.map((row) => `${row.customer_id},${row.recency_days},${row.frequency},${row.monetary}`);
    await cloud.put("scoring/input/all.csv", `customer_id,recency_days,frequency,monetary\n${lines.join("\n")}\n`);
    const request = { input: "scoring/input/all.csv", ...(isIntoDatabase ? { into_database: true } : {}) };
    const asked = ask(stage, "POST", "/score-jobs", { body: JSON.stringify(request) });
    if (asked.status !== 202) throw new Error(`POST /score-jobs answered ${asked.status}: ${asked.text}`);
    let job = JSON.parse(asked.text) as Job;
    for (let second = 0; job.status !== "succeeded"; second++) {
      if (job.status === "failed" || second === JOB_SECONDS) throw new Error(`the job ${job.status}: ${job.error}`);
      await delay(1000);
      job = JSON.parse(ask(stage, "GET", `/score-jobs/${job.id}`).text) as Job;
    }
    const scored = isIntoDatabase
      ? await predictionsOf(stage, job.id)
      : recordsOf(await cloud.read(`${job.output}part-00000.csv`));
    if (scored.length !== rows.length) throw new Error(`${scored.length} rows for ${rows.length} customers`);
    const said = new Map(scored.map((row) => [row.customer_id, row]));
    for (const row of rows) {
      const prediction = said.get(row.customer_id as string);
      const found = `${prediction?.cluster} ${prediction?.segment}`;
      if (found !== `${row.cluster_id} ${row.rfm_segment}`)
        throw new Error(`${row.customer_id} scored ${found}, in the run ${row.cluster_id} ${row.rfm_segment}`);
    }
    return `${job.customers} customers scored as the run has them`;
  },
});

async function predictionsOf({ box }: Stage, jobId: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: box.postgresUrl });
  await client.connect();
  const { rows } = await client.query("select * from rfm.predictions where job_id = $1", [jobId]);
  await client.end();
  return rows;
}

export const scoreJobToObjects = scoreJob("a score job to objects", false);
export const scoreJobToDatabase = scoreJob("a score job into rfm.predictions of the database", true);
