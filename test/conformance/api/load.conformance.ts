import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Prediction } from "../../../lib/api/schemas.ts";
import { scoreFeatures } from "../../../lib/domain/rfm/scoreFeatures.ts";
import { readAliases } from "../../../lib/workflow/models/aliases.ts";
import { promoteModel, readModel, rollBackModel } from "../../../lib/workflow/models/modelRegistry.ts";
import { type ServedLake, serveLake } from "../../api/support.ts";
import { rfm } from "../../support/cli.ts";

const SECONDS = Number(process.env.LOAD_SECONDS ?? 60);
const CLIENTS = 8;
const instances = Array.from({ length: 200 }, (_, i) => ({
  customer_id: `c${i}`,
  recency: (i * 7) % 360,
  frequency: 1 + (i % 9),
  monetary: 5 * (i + 1),
}));

/** What a model says of the instances, by the definition that the batch uses. */
async function expectedOf(lake: ServedLake, version: string): Promise<string> {
  const scored = scoreFeatures(await readModel(lake.store, version), {
    recencyDays: Float64Array.from(instances, (instance) => instance.recency),
    frequency: Float64Array.from(instances, (instance) => instance.frequency),
    monetary: Float64Array.from(instances, (instance) => instance.monetary),
  });
  return JSON.stringify(instances.map((_, i) => [scored.segment[i], scored.clusterId[i], scored.distance[i], version]));
}

describe(`${SECONDS} seconds of load`, () => {
  let lake: ServedLake;
  const versions: string[] = [];
  beforeAll(async () => {
    lake = await serveLake({ refreshMs: 100 });
    await lake.run([lake.shop("orders.csv", 1)]);
    await lake.run([lake.shop("more.csv", 2)]);
    const { champion, previous } = await readAliases(lake.store);
    versions.push(...(previous ?? []), champion as string);
  });
  afterAll(() => lake?.close());

  it("no request fails, and each answer is of exactly one model, while models and runs change", async () => {
    const until = performance.now() + SECONDS * 1_000;
    const seen = new Map<string, string>();
    const runs = new Set<string>();
    const failures: string[] = [];
    let requests = 0;
    const client = async (): Promise<void> => {
      while (performance.now() < until) {
        const response = await lake.post("/invocations", instances);
        requests++;
        if (response.status !== 200) failures.push(`${response.status} ${await response.text()}`);
        else note((await response.json()) as Prediction[]);
        const segments = await lake.request("/segments");
        if (segments.status !== 200) failures.push(`${segments.status} ${await segments.text()}`);
        else runs.add(((await segments.json()) as { run_id: string }).run_id);
      }
    };
    const note = (predictions: readonly Prediction[]): void => {
      const version = predictions[0]?.model_version as string;
      const text = JSON.stringify(predictions.map((p) => [p.segment, p.cluster, p.distance, p.model_version]));
      if ((seen.get(version) ?? text) !== text) failures.push(`Two answers of ${version} differ`);
      seen.set(version, text);
    };
    const changes = async (): Promise<void> => {
      await sleep(SECONDS * 150);
      await promoteModel(lake.store, versions[0] as string);
      await sleep(SECONDS * 200);
      await rollBackModel(lake.store);
      await sleep(SECONDS * 150);
      // Another process: the service goes on while a run has the lake.
      const file = lake.shop("third.csv", 3);
      const published = await rfm(["run", file, "--lake", lake.directory, "--quiet"], { cwd: lake.directory });
      if (published.code !== 0) failures.push(published.stderr);
      versions.push((await readAliases(lake.store)).champion as string);
    };
    await Promise.all([changes(), ...Array.from({ length: CLIENTS }, client)]);
    expect(failures).toEqual([]);
    expect([...seen.keys()].sort()).toEqual([...versions].sort());
    for (const version of versions) expect(seen.get(version)).toBe(await expectedOf(lake, version));
    expect(runs.size).toBe(2);
    process.stdout.write(`${requests} batches of ${instances.length}, ${seen.size} models, ${runs.size} runs\n`);
  });
});
