import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Prediction } from "../../lib/api/schemas.ts";
import { readCursor, writeCursor } from "../../lib/api/segments/cursor.ts";
import { armOf } from "../../lib/domain/rfm/scoringArm.ts";
import type { ObjectStore } from "../../lib/ports.ts";
import { readAliases, writeAliases } from "../../lib/workflow/models/aliases.ts";
import { compareModels } from "../../lib/workflow/models/compareModels.ts";
import {
  listModels,
  NoEarlierChampionError,
  promoteModel,
  RegistryConflictError,
  readModel,
  rollBackModel,
  setChallenger,
  UnknownModelError,
} from "../../lib/workflow/models/modelRegistry.ts";
import { rfmHere } from "../support/cli.ts";
import { problemOf, type ServedLake, serveLake } from "./support.ts";

interface Page {
  readonly run_id: string;
  readonly customers: readonly { readonly customer_id: string; readonly run_id: string }[];
  readonly next_cursor: string | null;
}

let lake: ServedLake;
let first: string;
let second: string;
const page = async (segment: string, query: string): Promise<Page> =>
  (await lake.request(`/segments/${encodeURIComponent(segment)}/customers?${query}`)).json() as Promise<Page>;

beforeAll(async () => {
  lake = await serveLake();
  await lake.run([lake.shop("orders.csv", 1)]);
  first = (await readAliases(lake.store)).champion as string;
});
afterAll(() => lake?.close());

describe("a listing, while another run is published", () => {
  it("goes on in the run that it began with", async () => {
    const { segments } = (await (await lake.request("/segments")).json()) as {
      segments: { name: string; customers: number }[];
    };
    const [largest] = segments.sort((a, b) => b.customers - a.customers) as [{ name: string; customers: number }];
    const begun = await page(largest.name, "limit=5");
    await lake.run([lake.shop("more.csv", 2)]);
    second = (await readAliases(lake.store)).champion as string;
    expect(second).not.toBe(first);
    const seen = [...begun.customers];
    for (let cursor = begun.next_cursor; cursor !== null; ) {
      const next = await page(largest.name, `limit=500&cursor=${cursor}`);
      expect(next.run_id).toBe(begun.run_id);
      seen.push(...next.customers);
      cursor = next.next_cursor;
    }
    expect(seen).toHaveLength(largest.customers);
    expect(new Set(seen.map((customer) => customer.run_id))).toEqual(new Set([begun.run_id]));
    expect((await page(largest.name, "limit=5")).run_id).not.toBe(begun.run_id);
  });

  it("shows a customer in both runs, the run that is current, and an earlier run again when it is published", async () => {
    const { runs } = (await (await lake.request("/runs")).json()) as {
      runs: { run_id: string; is_current: boolean }[];
    };
    expect(runs.map((run) => run.is_current)).toEqual([true, false]);
    const id = (await page("Champions", "limit=1")).customers[0]?.customer_id as string;
    const customer = async () =>
      (await (await lake.request(`/customers/${id}`)).json()) as {
        customer: { run_id: string };
        history: { run_id: string }[];
      };
    expect((await customer()).history.map((row) => row.run_id).sort()).toEqual(runs.map((run) => run.run_id).sort());
    const earlier = runs[1]?.run_id as string;
    const published = await rfmHere(["publish", earlier, "--lake", lake.directory], { cwd: lake.directory });
    expect(published.code, published.stderr).toBe(0);
    expect((await (await lake.request("/segments")).json()) as object).toMatchObject({ run_id: earlier });
    await writeAliases(lake.store, (aliases) => ({ ...aliases, run: runs[0]?.run_id as string }));
  });

  it("takes no cursor but its own", async () => {
    const begun = await page("Champions", "limit=1");
    const cursor = begun.next_cursor as string;
    const [payload, signature] = cursor.split(".") as [string, string];
    const forged = Buffer.from(
      JSON.stringify({ run: begun.run_id, segment: "Champions", after: "' or 1=1 --" }),
    ).toString("base64url");
    for (const wrong of [`${forged}.${signature}`, payload, `${payload}.`, `${cursor}x.y`, "a.b", `.${signature}`]) {
      const response = await lake.request(`/segments/Champions/customers?cursor=${encodeURIComponent(wrong)}`);
      expect(response.status, wrong).toBe(400);
      expect((await problemOf(response)).type).toBe("urn:rfm:problem:invalid-cursor");
    }
    const elsewhere = await lake.request(`/segments/Lost/customers?cursor=${cursor}`);
    expect(elsewhere.status).toBe(400);
    const key = await lake.store.read("api/cursor-key");
    expect(readCursor(key, cursor, "Champions").run).toBe(begun.run_id);
    const gone = writeCursor(key, { run: "2001-01-01-0000000000", segment: "Champions", after: "" });
    expect((await lake.request(`/segments/Champions/customers?cursor=${gone}`)).status).toBe(410);
  });
});

describe("the registry", () => {
  it("promotes, remembers and rolls back, and the service follows", async () => {
    const served = async () =>
      ((await (await lake.request("/ping")).json()) as { model_version: string }).model_version;
    expect(await readAliases(lake.store)).toMatchObject({ champion: second, previous: [first] });
    await promoteModel(lake.store, first);
    expect(await readAliases(lake.store)).toMatchObject({ champion: first, previous: [second] });
    expect(await served()).toBe(first);
    await rollBackModel(lake.store);
    expect([await served(), (await readAliases(lake.store)).previous]).toEqual([second, []]);
    await expect(rollBackModel(lake.store)).rejects.toThrow(NoEarlierChampionError);
    expect((await listModels(lake.store)).map(({ modelVersion, alias }) => [modelVersion, alias])).toEqual(
      expect.arrayContaining([
        [first, null],
        [second, "champion"],
      ]),
    );
  });

  it("lets two people not overwrite each other", async () => {
    await expect(promoteModel(lake.store, first, { expectedChampion: first })).rejects.toThrow(RegistryConflictError);
    const promote = () => promoteModel(lake.store, first, { expectedChampion: second });
    const both = await Promise.allSettled([promote(), promote()]);
    expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    // Somebody else promotes between our reading and our writing.
    const overtaken: ObjectStore = {
      ...lake.store,
      write: async (key, body, options) => {
        await writeAliases(lake.store, (aliases) => ({ ...aliases, champion: second }));
        return lake.store.write(key, body, options);
      },
    };
    await expect(promoteModel(overtaken, first)).rejects.toThrow(RegistryConflictError);
    expect((await readAliases(lake.store)).champion).toBe(second);
    await writeAliases(lake.store, (aliases) => ({ ...aliases, champion: second }));
  });

  it.each(["m-none", "../models/aliases", "aliases", "", "a/b", "m%2f"])("knows no model %s", async (version) => {
    await expect(readModel(lake.store, version)).rejects.toThrow(UnknownModelError);
    await expect(promoteModel(lake.store, version)).rejects.toThrow(UnknownModelError);
  });

  it("gives the challenger its customers, always the same, and everybody else the champion", async () => {
    await setChallenger(lake.store, { version: first, share: 0.3, salt: "spring" });
    const instances = Array.from({ length: 500 }, (_, i) => ({
      customer_id: `c${i}`,
      recency: i % 300,
      frequency: 1 + (i % 7),
      monetary: i,
    }));
    const response = await lake.post("/invocations", [...instances, { recency: 1, frequency: 1, monetary: 1 }]);
    const predictions = (await response.json()) as Prediction[];
    predictions.slice(0, 500).forEach((prediction) => {
      const arm = armOf(prediction.customer_id as string, { share: 0.3, salt: "spring" });
      expect([prediction.arm, prediction.model_version]).toEqual([arm, arm === "challenger" ? first : second]);
    });
    expect(predictions[500]?.arm).toBe("champion");
    await setChallenger(lake.store, null);
  });

  it("compares two models over the customers", async () => {
    const same = await compareModels(lake.store, second, second);
    expect(same.agreement).toMatchObject({ otherSegment: 0, otherLabel: 0, adjustedRandIndex: 1 });
    const other = await compareModels(lake.store, first, second);
    expect(other.agreement?.customers).toBe((await readModel(lake.store, second)).training.customers);
    expect(other.agreement?.adjustedRandIndex).toBeLessThan(1);
  });

  it("is at hand on the command line", async () => {
    const models = (...args: string[]) =>
      rfmHere(["models", ...args, "--lake", lake.directory], { cwd: lake.directory });
    expect((await models("list")).stdout).toContain(second);
    expect((await models("challenge", first, "--share", "0.2")).stdout).toContain("20%");
    expect((await models("promote", first, "--if-champion", first)).stderr).toContain("REGISTRY_CONFLICT");
    expect((await models("promote", first)).stdout).toContain(`${first} is the champion`);
    expect((await models("rollback")).stdout).toContain(`${second} is the champion`);
  });
});
