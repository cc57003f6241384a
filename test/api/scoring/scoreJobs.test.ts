import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serve } from "../../../lib/local/serve/server.ts";
import { readAliases } from "../../../lib/workflow/models/aliases.ts";
import { createScoreJob, readScoreJob, unfinishedScoreJobs } from "../../../lib/workflow/scoring/scoringJob.ts";
import { endOfJob, type ServedLake, serveLake } from "../support.ts";

const HEADER = "customer_id,recency,frequency,monetary\n";
let lake: ServedLake;
beforeAll(async () => {
  lake = await serveLake();
  await lake.run([lake.shop("orders.csv", 1)]);
});
afterAll(() => lake?.close());

const started = async (request: object): Promise<string> =>
  ((await (await lake.post("/score-jobs", request)).json()) as { id: string }).id;

describe("score jobs", () => {
  it("score every object of a prefix, a part each, in the order of their keys", async () => {
    for (const name of ["b.csv", "a.csv"])
      await lake.store.write(`scoring/input/many/${name}`, `${HEADER}${name},5,12,400\n${name}-2,50,1,4\n`);
    const job = await endOfJob(lake, await started({ input: "scoring/input/many/", output: "scoring/output/many/" }));
    expect(job).toMatchObject({ status: "succeeded", customers: 4, shards: { done: 2, total: 2 } });
    const parts = await lake.store.list("scoring/output/many/");
    expect(parts.map(({ key }) => key)).toEqual([0, 1].map((i) => `scoring/output/many/part-0000${i}.csv`));
    expect(Buffer.from(await lake.store.read(parts[0]?.key as string)).toString()).toContain("\na.csv-2,50,1,4,");
  });

  it("load into no database where the service has none", async () => {
    const refused = await lake.post("/score-jobs", { input: "scoring/input/many/", into_database: true });
    expect(refused.status).toBe(422);
    expect(await refused.text()).toContain("no-database");
  });

  it("write nothing over results that are there", async () => {
    const again = await lake.post("/score-jobs", { input: "scoring/input/many/", output: "scoring/output/many/" });
    expect(again.status).toBe(422);
  });

  it.each([
    [
      "a value that is no number",
      "bad.csv",
      `${HEADER}é,5,12,1\r\n\r\na,5,12,Jane Doe\n`,
      "number in the line at byte 52.",
    ],
    ["a line too short", "short.csv", `${HEADER}a,5,12,1\nJane Doe,5\n`, "the line at byte 48 has 2 fields only"],
    [
      "a frequency of nobody",
      "none.csv",
      `${HEADER}a,5,12,1\nJane Doe,77,0,1\n`,
      "the line at byte 48 has no customer",
    ],
    ["a header without money", "headless.csv", "customer_id,recency,frequency\na,1,2\n", "monetary"],
    ["nobody", "nobody.csv", HEADER, ""],
    ["another format", "a.csv.gz", "x", "neither CSV"],
    ["bytes that are no Parquet", "noise", "this is not Parquet, whatever its name says", ""],
    ["money that the model cannot take", "negative.csv", `${HEADER}a,5,12,-400\n`, "monetary"],
  ])("fail with a reason for %s", async (_, name, text, reason) => {
    await lake.store.write(`scoring/input/${name}`, text);
    const job = await endOfJob(lake, await started({ input: `scoring/input/${name}` }));
    if (name === "nobody.csv") expect(job).toMatchObject({ status: "succeeded", customers: 0 });
    else expect(job).toMatchObject({ status: "failed", customers: null, error: expect.stringContaining(reason) });
    // It goes into logs and to callers.
    expect(String(job.error)).not.toMatch(/Jane|77|400/);
  });

  it("go on at the next start where a server ended before them", async () => {
    await lake.store.write("scoring/input/later.csv", `${HEADER}a,5,12,400\n`);
    const modelVersion = (await readAliases(lake.store)).champion as string;
    const ports = { store: lake.store, clock: { now: () => new Date(Date.UTC(2026, 0, 1)) } };
    const { id } = await createScoreJob(ports, { input: "scoring/input/later.csv", modelVersion });
    expect(await unfinishedScoreJobs(lake.store)).toEqual([id]);
    expect((await readScoreJob(lake.store, id)).status).toBe("queued");
    const next = await serve({ lakeDirectory: lake.directory, port: 0 });
    expect(await endOfJob(lake, id)).toMatchObject({ status: "succeeded", customers: 1 });
    await next.close();
    expect(await unfinishedScoreJobs(lake.store)).toEqual([]);
  });
});

describe("closing", () => {
  it("answers the request under way, takes no other, and lets the port go", async () => {
    const server = await serve({ lakeDirectory: lake.directory, port: 0, graceMs: 5_000 });
    const { port } = new URL(server.url);
    const socket = connect(Number(port), "127.0.0.1");
    const body = '{"recency":5,"frequency":12,"monetary":400}';
    let answer = "";
    socket.on("data", (chunk) => {
      answer += chunk.toString();
    });
    const ended = new Promise((done) => socket.once("close", done));
    const head = `POST /invocations HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
    socket.write(`${head}${body.slice(0, 10)}`);
    await new Promise((done) => setTimeout(done, 100));
    const closing = server.close();
    await expect(fetch(`${server.url}/ping`)).rejects.toThrow();
    socket.write(body.slice(10));
    await Promise.all([closing, ended]);
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    const next = await serve({ lakeDirectory: lake.directory, port: Number(port) });
    await next.close();
  });

  it("says that a port is in use", async () => {
    const { port } = new URL(lake.url);
    await expect(serve({ lakeDirectory: lake.directory, port: Number(port) })).rejects.toThrow(
      /is in use by another program/,
    );
  });
});
