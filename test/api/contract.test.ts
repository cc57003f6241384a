import { readFileSync } from "node:fs";
import type { ValidateFunction } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import { type AxiosResponse, type Document, OpenAPIClientAxios } from "openapi-client-axios";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPERATIONS, type OperationId } from "../../lib/api/operations.ts";
import { OPENAPI_FILE, openApiText } from "../../scripts/openapi.ts";
import { endOfJob, type ServedLake, serveLake } from "./support.ts";

interface Documented {
  readonly paths: Record<string, Record<string, { responses: Record<string, { content: Record<string, unknown> }> }>>;
}

const document = JSON.parse(readFileSync(OPENAPI_FILE, "utf8")) as Documented;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema({ $id: "openapi", ...document });
const validators = new Map<string, ValidateFunction>();

let lake: ServedLake;
let client: Record<string, (parameters?: unknown, data?: unknown, config?: unknown) => Promise<AxiosResponse>>;
const called = new Set<string>();

/** Calls an operation by the generated client and holds the answer to what the document says of its status and type. */
async function call(id: OperationId, parameters?: unknown, data?: unknown, headers = {}): Promise<AxiosResponse> {
  called.add(id);
  const operation = client[id] as (typeof client)[string];
  const response = await operation(parameters, data, { validateStatus: () => true, headers });
  const type = String(response.headers["content-type"]).split(";")[0] as string;
  const { path, method } = OPERATIONS[id];
  const documented = document.paths[path]?.[method]?.responses[response.status]?.content[type];
  expect(documented, `${id} ${response.status} ${type}`).toBeDefined();
  expect(response.headers["x-correlation-id"]).toMatch(/^[\w.:-]{1,128}$/);
  if (type.endsWith("json") && type !== "application/x-ndjson") {
    const pointer = ["paths", path, method, "responses", String(response.status), "content", type, "schema"]
      .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1")))
      .join("/");
    const validate = validators.get(pointer) ?? ajv.compile({ $ref: `openapi#/${pointer}` });
    validators.set(pointer, validate);
    expect(validate(response.data), JSON.stringify(validate.errors)).toBe(true);
  }
  return response;
}

beforeAll(async () => {
  lake = await serveLake();
  const definition = structuredClone(document) as unknown as Document;
  const api = new OpenAPIClientAxios({ definition, withServer: { url: lake.url } });
  client = (await api.init()) as unknown as typeof client;
});
afterAll(() => lake?.close());

describe("docs/openapi.json", () => {
  it("is what `node scripts/openapi.ts` writes", () => {
    const isCurrent = readFileSync(OPENAPI_FILE, "utf8") === openApiText();
    expect(isCurrent, "docs/openapi.json is out of date; write it again: node scripts/openapi.ts").toBe(true);
  });
  it("is served", async () => expect((await call("getDocument")).data).toEqual(document));
});

describe("an empty lake", () => {
  it("is alive, and says that it has no model and no run", async () => {
    expect((await call("ping")).data).toEqual({ status: "ok", model_version: null });
    const one = { recency: 5, frequency: 12, monetary: 400 };
    for (const [id, parameters, data] of [
      ["invoke", null, one],
      ["getModel"],
      ["listCustomers"],
      ["getCustomer", { id: "K0001" }],
      ["listSegments"],
      ["listSegmentCustomers", { name: "Champions" }],
      ["batchGetCustomers", null, { ids: ["K0001"] }],
      ["startScoreJob", null, { input: "scoring/input/a.csv" }],
    ] as [OperationId, unknown, unknown][])
      expect((await call(id, parameters, data)).status, id).toBe(409);
    expect((await call("listRuns")).data).toEqual({ runs: [] });
    expect((await call("listScoreJobs")).data).toEqual({ jobs: [] });
    expect((await call("listModels")).data).toEqual({ champion: null, challenger: null, models: [] });
  });
});

describe("a lake with a run", () => {
  beforeAll(() => lake.run([lake.shop("orders.csv", 1)]));

  it("scores one, a list, instances and transactions", async () => {
    const one = { recency: 5, frequency: 12, monetary: 400 };
    const { data } = await call("invoke", null, one);
    expect(data).toMatchObject({ arm: "champion", input_data: one, model_version: expect.any(String) });
    expect((await call("invoke", null, [one, one])).data).toEqual([data, data]);
    expect((await call("invoke", null, { instances: [one] })).data).toEqual({ predictions: [data] });
    const lines = [
      { date: "2024-12-20", amount: 300, order: "1" },
      { date: "2024-12-27", amount: 100, order: "2" },
      { date: "2024-12-28", amount: 99, order: "C3" },
    ];
    const { data: summed } = await call("invoke", null, { transactions: lines, snapshot_date: "2025-01-01" });
    expect(summed.input_data).toEqual({ recency: 5, frequency: 2, monetary: 400, snapshot_date: "2025-01-01" });
  });

  it("takes and gives CSV and JSON lines, each in the other's place", async () => {
    const csv = await call("invoke", null, "5,12,400\n7,1,3.5\n", { "content-type": "text/csv", accept: "*/*" });
    expect(csv.data.trim().split("\n")).toHaveLength(3);
    const lines = await call("invoke", null, '{"recency":5,"frequency":12,"monetary":400}\n', {
      "content-type": "application/jsonlines",
      accept: "*/*",
    });
    const json = await call("invoke", null, 'customer_id,recency_days,frequency,monetary\r\n"a,b",5,12,400', {
      "content-type": "text/csv; charset=utf-8",
      accept: "application/json",
    });
    const [prediction] = json.data;
    expect(prediction.customer_id).toBe("a,b");
    const { customer_id: _, ...anonymous } = prediction;
    expect(lines.data).toEqual(anonymous);
  });

  it("shows customers, segments, models and runs", async () => {
    const { data: segments } = await call("listSegments");
    const [largest] = [...segments.segments].sort((a, b) => b.customers - a.customers);
    const seen: string[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const { data: page } = await call("listSegmentCustomers", {
        name: largest.name,
        limit: 7,
        ...(cursor && { cursor }),
      });
      seen.push(...page.customers.map((customer: { customer_id: string }) => customer.customer_id));
      cursor = page.next_cursor;
    }
    expect(seen).toHaveLength(largest.customers);
    expect(new Set(seen).size).toBe(largest.customers);
    expect(seen).toEqual([...seen].sort());
    const { data: one } = await call("getCustomer", { id: seen[0] });
    expect(one.customer).toMatchObject({ customer_id: seen[0], segment: largest.name, run_id: segments.run_id });
    expect(one.history).toEqual([one.customer]);
    for (const { measure, value, score, breakpoints } of one.why) {
      expect(value).toBe(one.customer[measure]);
      const below = breakpoints.filter((breakpoint: number) => breakpoint < value).length;
      expect(score, measure).toBe(measure === "recency" ? breakpoints.length + 1 - below : 1 + below);
    }
    expect(one.orders_note).toBeNull();
    const bought = one.orders.filter(({ kind }: { kind: string }) => kind === "purchase");
    expect(bought).toHaveLength(one.customer.frequency);
    const spent = bought.reduce((sum: number, { revenue }: { revenue: number }) => sum + revenue, 0);
    expect(spent).toBeCloseTo(one.customer.monetary, 4);
    expect(bought[0].date).toBe(one.customer.last_purchase);
    const { data: listed } = await call("listCustomers", { segment: largest.name, sort: "quiet", limit: 5 });
    expect(listed).toMatchObject({ run_id: segments.run_id, total: largest.customers });
    expect(listed.customers).toHaveLength(5);
    const { data: found } = await call("listCustomers", { search: seen[0]?.toLowerCase() });
    expect(found.customers.map((customer: { customer_id: string }) => customer.customer_id)).toContain(seen[0]);
    const { data: several } = await call("batchGetCustomers", null, { ids: [seen[0], "nobody", seen[0]] });
    expect(several).toMatchObject({ customers: [one.customer], not_found: ["nobody"] });
    const { data: model } = await call("getModel");
    expect((await call("listModels")).data.champion).toBe(model.modelVersion);
    expect((await call("listRuns")).data.runs).toEqual([expect.objectContaining({ is_current: true })]);
    expect((await call("getCustomer", { id: "nobody" })).status).toBe(404);
    expect((await call("listSegmentCustomers", { name: "No such" })).status).toBe(404);
    expect((await call("listCustomers", { segment: "No such" })).status).toBe(404);
  });

  it("scores a file by a job", async () => {
    await lake.store.write("scoring/input/few.csv", "customer_id,recency,frequency,monetary\na,5,12,400\nb,7,1,3.5\n");
    const started = await call("startScoreJob", null, { input: "scoring/input/few.csv" });
    expect(started.status).toBe(202);
    const job = await endOfJob(lake, started.data.id);
    expect(job).toMatchObject({ status: "succeeded", customers: 2, shards: { done: 1, total: 1 } });
    expect((await call("getScoreJob", { id: started.data.id })).data).toEqual(job);
    expect((await call("listScoreJobs", { limit: 3 })).data).toEqual({ jobs: [job] });
    const csv = Buffer.from(await lake.store.read(`${job.output}part-00000.csv`)).toString();
    const { data } = await call("invoke", null, [
      { customer_id: "a", recency: 5, frequency: 12, monetary: 400 },
      { customer_id: "b", recency: 7, frequency: 1, monetary: 3.5 },
    ]);
    const [, ...lines] = csv.trim().split("\n");
    expect(lines.map((line) => line.split(",").slice(7))).toEqual(
      data.map((row: Record<string, unknown>) =>
        [row.segment, row.cluster, row.label, row.distance, row.confidence, row.model_version].map(String),
      ),
    );
    expect((await call("getScoreJob", { id: "20260101T000000Z-000000000000" })).status).toBe(404);
  });

  it("answers each kind of bad request with a problem document", async () => {
    const bad: [OperationId, unknown, unknown, number, Record<string, string>?][] = [
      ["invoke", null, { recency: -1, frequency: 12, monetary: 400 }, 400],
      ["invoke", null, "x", 415, { "content-type": "text/html" }],
      ["invoke", null, { recency: 1, frequency: 12, monetary: 400 }, 406, { accept: "image/png" }],
      ["invoke", null, { recency: 1, frequency: 12, monetary: -5 }, 422],
      ["batchGetCustomers", null, { ids: [] }, 400],
      ["listSegmentCustomers", { name: "Champions", limit: 0 }, undefined, 400],
      ["listCustomers", { sort: "luck" }, undefined, 400],
      ["listCustomers", { limit: 1_001 }, undefined, 400],
      ["startScoreJob", null, { input: "../secret" }, 422],
    ];
    for (const [id, parameters, data, status, headers] of bad)
      expect((await call(id, parameters, data, headers)).status, JSON.stringify(data)).toBe(status);
  });

  it("had every operation called", () => expect([...called].sort()).toEqual(Object.keys(OPERATIONS).sort()));
});
