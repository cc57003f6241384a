import type { Scenario } from "../stage/scenario.ts";
import { expectSucceeded } from "../stage/twin.ts";
import { shop } from "./drops.ts";

export const passingFaults: Scenario = {
  name: "Athena fails one statement in four, each once",
  run: async ({ box, twin }) => {
    box.control.order({ athenaFaults: { seed: 14, share: 0.25 } });
    const since = box.control.journal().length;
    const seen = await twin.drop(shop("faulty.csv", 50, 400));
    const failed = box.control.journal(since).filter(({ outcome }) => outcome === "failed");
    if (failed.length === 0) throw new Error("no statement was failed: the judge slept");
    return `${failed.length} statements failed first; ${seen}`;
  },
};

export const databaseAtZero: Scenario = {
  name: "the database resumes from zero",
  run: async ({ box, twin }) => {
    box.control.order({ resumeSeconds: 20 });
    return twin.drop(shop("resumed.csv", 51, 400));
  },
};

export const failedShard: Scenario = {
  name: "a failed shard, then a new execution with its input",
  run: async ({ box, cloud, twin }) => {
    const file = shop("shard.csv", 52, 400);
    box.control.order({ functionFaults: [{ function: "scoreshard", times: 99, error: "Runtime.OutOfMemory" }] });
    const failed = await cloud.drop(`incoming/${file.name}`, file.text);
    if (failed.status !== "FAILED") throw new Error(`the run ${failed.status} in spite of its shard`);
    box.control.order({});
    const again = expectSucceeded(await cloud.start(failed.input));
    return `${failed.reason?.slice(0, 60)}; then ${await twin.expectSame(again, [file])}`;
  },
};
