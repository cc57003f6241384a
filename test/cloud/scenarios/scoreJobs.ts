import { setTimeout as delay } from "node:timers/promises";
import type { Scenario } from "../stage/scenario.ts";
import { ask } from "./api.ts";

const JOB_SECONDS = 120;

interface Job {
  readonly id: string;
  readonly status: string;
  readonly output: string;
  readonly customers: number | null;
  readonly error: string | null;
}

export const scoreJobToObjects: Scenario = {
  name: "a score job to objects",
  run: async (stage) => {
    const { cloud, twin } = stage;
    const rows = twin.segments();
    const lines = rows.map((row) => `${row.customer_id},${row.recency_days},${row.frequency},${row.monetary}`);
    await cloud.put("scoring/input/all.csv", `customer_id,recency_days,frequency,monetary\n${lines.join("\n")}\n`);
    const asked = ask(stage, "POST", "/score-jobs", { body: JSON.stringify({ input: "scoring/input/all.csv" }) });
    if (asked.status !== 202) throw new Error(`POST /score-jobs answered ${asked.status}: ${asked.text}`);
    let job = JSON.parse(asked.text) as Job;
    for (let second = 0; job.status !== "succeeded"; second++) {
      if (job.status === "failed" || second === JOB_SECONDS) throw new Error(`the job ${job.status}: ${job.error}`);
      await delay(1000);
      job = JSON.parse(ask(stage, "GET", `/score-jobs/${job.id}`).text) as Job;
    }
    const [header = "", ...scored] = (await cloud.read(`${job.output}part-00000.csv`)).trimEnd().split("\n");
    const at = (name: string): number => header.split(",").indexOf(name);
    const said = new Map(scored.map((line) => line.split(",")).map((cells) => [cells[0] as string, cells] as const));
    for (const row of rows) {
      const cells = said.get(row.customer_id as string) ?? [];
      const found = `${cells[at("cluster")]} ${cells[at("segment")]}`;
      if (found !== `${row.cluster_id} ${row.rfm_segment}`)
        throw new Error(`${row.customer_id} scored ${found}, in the run ${row.cluster_id} ${row.rfm_segment}`);
    }
    return `${job.customers} customers scored as the run has them`;
  },
};
