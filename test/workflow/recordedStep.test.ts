import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ObjectNotFoundError } from "../../lib/domain/storeErrors.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { readJson } from "../../lib/workflow/lake/json.ts";
import { failedShards } from "../../lib/workflow/report/failedShards.ts";
import { recordedStep } from "../../lib/workflow/steps/recordedStep.ts";

const folder = mkdtempSync(join(tmpdir(), "rfm-steps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = openFolderStore(folder);
let now = Date.UTC(2026, 0, 1);
const clock = { now: () => new Date(now) };
const ports = { store, clock };
const records = (attempt: string, name: string) => readJson(store, `attempts/attempt=${attempt}/${name}.json`);

describe("recordedStep", () => {
  it("gives back what the step gives, and keeps what it used", async () => {
    const step = recordedStep("FitShard", ports, async (given, { shard }: { attempt: string; shard: number }) => {
      await given.store.write("curated/x", "x");
      await given.store.read("curated/x");
      await given.store.head("curated/x");
      await given.store.list("curated/");
      now += 250;
      return shard + 1;
    });
    expect(await step({ attempt: "used", shard: 7 })).toBe(8);
    expect(await records("used", "steps/FitShard-00007")).toEqual({
      step: "FitShard",
      shard: 7,
      endedAt: new Date(now).toISOString(),
      milliseconds: 250,
      memoryMegabytes: 1_769,
      storeReads: 2,
      storeWrites: 2,
    });
  });

  it("measures with the memory and the start of the function, where there is one", async () => {
    let startUp = 300;
    const host = {
      memoryMegabytes: 4_000,
      startUpMilliseconds: () => {
        const once = startUp;
        startUp = 0;
        return once;
      },
    };
    const step = recordedStep("PlanRun", { ...ports, host }, async () => undefined);
    await step({ attempt: "host" });
    expect(await records("host", "steps/PlanRun")).toMatchObject({ memoryMegabytes: 4_000, milliseconds: 300 });
    await step({ attempt: "host" });
    expect(await records("host", "steps/PlanRun")).toMatchObject({ milliseconds: 0 });
  });

  it("does not touch ports that the step does not use", async () => {
    const watched = {
      ...ports,
      get database(): never {
        throw new Error("started for nothing");
      },
    };
    await expect(recordedStep("PlanRun", watched, async () => "done")({ attempt: "lazy" })).resolves.toBe("done");
  });

  it("throws the step's own error, and keeps our words but nobody else's", async () => {
    const ours = new ObjectNotFoundError("curated/plan.json");
    const foreign = new TypeError("cannot read jane@example.com");
    for (const error of [ours, foreign]) {
      const failing = recordedStep("ScoreShard", ports, () => Promise.reject(error));
      await expect(failing({ attempt: error.name, shard: 0 })).rejects.toBe(error);
    }
    expect(await records(ours.name, "failed_steps/ScoreShard-00000")).toMatchObject({
      ...{ step: "ScoreShard", shard: 0, error: "ObjectNotFoundError", code: "OBJECT_NOT_FOUND" },
      message: ours.message,
    });
    const kept = JSON.stringify(await records(foreign.name, "failed_steps/ScoreShard-00000"));
    expect(kept).toContain("TypeError");
    expect(kept).not.toContain("jane");
  });

  it("throws the step's own error where even the store is broken", async () => {
    const broken = { ...store, write: () => Promise.reject(new Error("no write")) };
    const error = new ObjectNotFoundError("x");
    const failing = recordedStep("FitShard", { store: broken, clock }, () => Promise.reject(error));
    await expect(failing({ attempt: "broken", shard: 0 })).rejects.toBe(error);
  });
});

describe("failedShards", () => {
  const failing = (shard: number, words: string) =>
    recordedStep("FitShard", ports, () => Promise.reject(new ObjectNotFoundError(words)))({ attempt: "many", shard });

  it("is the first of those that did not recover", async () => {
    expect(await failedShards(store, "many", "FitShard")).toEqual({ first: undefined, count: 0 });
    for (const shard of [3, 12, 2]) {
      await expect(failing(shard, `of ${shard}`)).rejects.toThrow();
      now += 1_000;
    }
    await recordedStep("FitShard", ports, async () => 3)({ attempt: "many", shard: 3 });
    const { first, count } = await failedShards(store, "many", "FitShard");
    expect([first?.shard, first?.code, count]).toEqual([12, "OBJECT_NOT_FOUND", 2]);
    expect(await failedShards(store, "many", "ScoreShard")).toEqual({ first: undefined, count: 0 });
  });
});
