import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { effort } from "../support/effort.ts";
import { problemOf, type ServedLake, serveLake } from "./support.ts";

let lake: ServedLake;
let guarded: ServedLake;
const one = { recency: 5, frequency: 12, monetary: 400 };
const TOKEN = "correct horse";

beforeAll(async () => {
  lake = await serveLake();
  guarded = await serveLake({ bearerToken: TOKEN.replace(" ", "-") });
  await lake.run([lake.shop("orders.csv", 1)]);
});
afterAll(() => Promise.all([lake?.close(), guarded?.close()]));

describe("hostile bodies", () => {
  it.each<[string, unknown, string]>([
    ["a negative recency", { ...one, recency: -1 }, "recency"],
    ["a fraction of a day", { ...one, recency: 1.5 }, "recency"],
    ["text for a number", { ...one, frequency: "12" }, "frequency"],
    ["no order at all", { ...one, frequency: 0 }, "frequency"],
    ["a huge number", '{"recency":5,"frequency":12,"monetary":1e308}', "monetary"],
    ["a number beyond doubles", '{"recency":5,"frequency":12,"monetary":1e999}', "monetary"],
    ["null", { ...one, monetary: null }, "monetary"],
    ["a missing value", { recency: 5, frequency: 12 }, "monetary"],
    ["an unknown field", { ...one, monetry: 3 }, "(body)"],
    ["a polluted prototype", '{"recency":5,"frequency":12,"monetary":400,"__proto__":{"polluted":true}}', "(body)"],
    ["a constructor", '{"recency":5,"frequency":12,"monetary":400,"constructor":{"prototype":{}}}', "(body)"],
    ["a list in an instance", { instances: [one, { ...one, recency: [5] }] }, "instances[1].recency"],
    ["a control character in an id", { ...one, customer_id: "a\u0000b" }, "customer_id"],
    ["a 10,000-character id", { ...one, customer_id: "x".repeat(10_000) }, "customer_id"],
    ["an impossible day", { transactions: [{ date: "2024-02-30", amount: 1 }] }, "transactions[0].date"],
    ["no transactions", { transactions: [] }, "transactions"],
  ])("refuses %s, naming the field", async (_, body, field) => {
    const response = await lake.post("/invocations", body);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem.errors?.map((fault) => fault.field)).toContain(field);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it.each<[string, string | Uint8Array]>([
    ["NaN", '{"recency":NaN,"frequency":12,"monetary":400}'],
    ["Infinity", "[Infinity]"],
    ["nothing", ""],
    ["half a document", '{"recency":5,'],
    ["bytes that are no text", new Uint8Array([0xff, 0xfe, 0x7b, 0x7d])],
    ["a list of nothing", "[]"],
    ["a number", "5"],
    ["nesting without end", "[".repeat(500_000)],
  ])("refuses %s", async (_, body) => {
    const response = await lake.request("/invocations", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof body === "string" ? body : new Blob([new Uint8Array(body)]),
    });
    expect(response.status).toBe(400);
    await problemOf(response);
  });

  it.each<[string, string, string]>([
    ["NaN", "1,2,NaN", "Line 1"],
    ["an exponent", "recency,frequency,monetary\n1,2,1e5", "Line 2"],
    ["a short line", "1,2,3\n1,2", "Line 2"],
    ["an open quote", 'recency,frequency,monetary\n1,2,"3', "Line 2"],
    ["an unknown column", "recency,frequency,monetary,__proto__\n1,2,3,4", "Line 1"],
    ["a column twice", "recency,recency,frequency,monetary\n1,1,2,3", "Line 1"],
    ["nothing", "\n\n", "Line 1"],
  ])("refuses CSV with %s, naming the line", async (_, csv, place) => {
    const response = await lake.request("/invocations", {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: csv,
    });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).detail).toContain(place);
  });

  it("says which row the model cannot take", async () => {
    const response = await lake.post("/invocations", [one, { ...one, monetary: -3 }]);
    expect(response.status).toBe(422);
    expect((await problemOf(response)).errors?.[0]?.field).toBe("[1].monetary");
    const nothing = await lake.post("/invocations", { transactions: [{ date: "2024-01-01", amount: -1 }] });
    expect(nothing.status).toBe(422);
  });

  it("adds up no currencies that the model has no rates for, and reads statuses as the batch does", async () => {
    const line = { date: "2024-01-01", amount: 10 };
    const post = (...transactions: object[]) =>
      lake.post("/invocations", { transactions, snapshot_date: "2024-02-01" });
    const mixed = await post({ ...line, currency: "EUR" }, { ...line, currency: "USD" });
    expect([mixed.status, (await problemOf(mixed)).detail]).toEqual([422, expect.stringContaining("EUR, USD")]);
    const cancelled = await post({ ...line, order: "A" }, { ...line, order: "B", status: "Storniert" });
    expect(await cancelled.json()).toMatchObject({ input_data: { frequency: 1, monetary: 10 } });
    expect((await post({ ...line, currency: "euro" })).status).toBe(400);
  });

  it("takes no compressed body, so no bomb goes off", async () => {
    const bomb = gzipSync(Buffer.alloc(20_000_000, "["));
    const response = await lake.request("/invocations", {
      method: "POST",
      headers: { "content-type": "application/json", "content-encoding": "gzip" },
      body: bomb,
    });
    expect(response.status).toBe(415);
  });

  it("stops at its limits, with and without a content length", async () => {
    const large = `[${" ".repeat(6_000_001)}]`;
    expect((await lake.post("/invocations", large)).status).toBe(413);
    const streamed = await lake.request("/invocations", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: new Blob([large]).stream(),
      duplex: "half",
    } as RequestInit);
    expect(streamed.status).toBe(413);
    expect((await lake.post("/invocations", new Array(10_001).fill(one))).status).toBe(413);
    expect((await lake.post("/invocations", new Array(10_000).fill(one))).status).toBe(200);
    const csv = await lake.request("/invocations", {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: "1,2,3\n".repeat(10_001),
    });
    expect(csv.status).toBe(413);
  });

  it("answers 4xx to whatever else comes, never 5xx", async () => {
    const body = fc.oneof(
      fc.json(),
      fc.record({ recency: fc.anything(), frequency: fc.anything(), monetary: fc.anything() }).map((v) => {
        try {
          return JSON.stringify(v) ?? "null";
        } catch {
          return "null";
        }
      }),
      fc.string({ unit: "binary" }),
    );
    const type = fc.constantFrom(
      "application/json",
      "text/csv",
      "application/jsonlines",
      "",
      "text/csv; charset=latin1",
    );
    await fc.assert(
      fc.asyncProperty(body, type, async (text, contentType) => {
        const response = await lake.request("/invocations", {
          method: "POST",
          headers: { "content-type": contentType },
          body: text,
        });
        expect(response.status).toBeLessThan(500);
        await response.arrayBuffer();
      }),
      { numRuns: effort(60, 200) },
    );
  });
});

describe("hostile paths and headers", () => {
  it.each([
    "/customers/'%20or%201=1--",
    "/customers/%00",
    "/customers/%ff",
    "/customers/..%2f..%2fmodels",
    "/segments/x'%20union%20select%201--/customers",
    "/segments/Champions/customers?limit=1;drop%20table",
    "/segments/Champions/customers?limit=1e2",
    "/segments/Champions/customers?cursor=' or 1=1",
    "/segments/Champions/customers?offset=3",
    "/score-jobs/..%2f..%2fmodels%2faliases",
    "/models/aliases.json",
    "/nothing",
    "/__proto__",
  ])("%s is 4xx", async (path) => {
    const response = await lake.request(path);
    expect([400, 404]).toContain(response.status);
    await problemOf(response);
  });

  it("answers other methods with what there is", async () => {
    const response = await lake.request("/invocations", { method: "DELETE" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
    expect((await lake.request("/ping", { method: "POST" })).headers.get("allow")).toBe("GET, HEAD");
  });

  it("gives the correlation id back, and never one that could write headers or logs", async () => {
    const id = async (given: string): Promise<string | null> =>
      (await lake.request("/ping", { headers: { "x-correlation-id": given } })).headers.get("x-correlation-id");
    expect(await id("order-17")).toBe("order-17");
    for (const given of ["a b", "x".repeat(129), 'a"b', "a,b"]) expect(await id(given)).not.toBe(given);
    const response = await lake.request("/nothing", { headers: { "x-correlation-id": "c-1" } });
    expect((await problemOf(response)).correlation_id).toBe("c-1");
  });

  it("allows no other origin", async () => {
    const response = await lake.request("/ping", { headers: { origin: "https://elsewhere.example" } });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
  });

  it("refuses headers without end", async () => {
    const response = await lake.request("/ping", { headers: { "x-long": "x".repeat(20_000) } });
    expect(response.status).toBe(431);
  });
});

describe("authorisation", () => {
  it.each<[string, Record<string, string>]>([
    ["none", {}],
    ["a wrong token", { authorization: "Bearer wrong" }],
    ["another scheme", { authorization: "Basic correct-horse" }],
    ["a longer token", { authorization: "Bearer correct-horse-" }],
  ])("refuses %s on every path but /ping", async (_, headers) => {
    for (const path of ["/model", "/models", "/runs", "/customers/1", "/openapi.json"]) {
      const response = await guarded.request(path, { headers });
      expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="rfm"']);
    }
    expect((await guarded.post("/invocations", one, headers)).status).toBe(401);
    expect((await guarded.request("/ping", { headers })).status).toBe(200);
  });
  it("lets the token pass", async () => {
    const response = await guarded.request("/runs", { headers: { authorization: "Bearer correct-horse" } });
    expect(response.status).toBe(200);
  });
});

describe("score jobs", () => {
  it.each([
    "models/aliases.json",
    "scoring/input/../../models/aliases.json",
    "scoring/input/",
    "scoring/input//a.csv",
    "/etc/passwd",
    "curated/../api/cursor-key",
    "scoring/input/a\\b.csv",
    "s3://other/bucket.csv",
    "api/cursor-key",
    "scoring/input/missing.csv",
  ])("read nothing at %s", async (input) => {
    expect((await lake.post("/score-jobs", { input })).status).toBe(422);
  });
  it.each([
    "models/",
    "scoring/output/../../models/",
    "scoring/output/",
    "scoring/output/x",
    "scoring/input/mine/",
    "scoring/output/a/./b/",
  ])("write nothing to %s", async (output) => {
    await lake.store.write("scoring/input/a.csv", "customer_id,recency,frequency,monetary\na,5,12,400\n");
    const response = await lake.post("/score-jobs", { input: "scoring/input/a.csv", output });
    expect(response.status).toBe(422);
  });
  it("know the model", async () => {
    await lake.store.write("scoring/input/a.csv", "customer_id,recency,frequency,monetary\na,5,12,400\n");
    for (const model of ["m-none", "../aliases", "aliases"])
      expect((await lake.post("/score-jobs", { input: "scoring/input/a.csv", model })).status).toBe(404);
  });
});

it("cuts a slow client off without waiting for it when closing", async () => {
  const other = await serveLake({ graceMs: 200 });
  const socket = connect(Number(new URL(other.url).port), "127.0.0.1");
  await new Promise((done) => socket.once("connect", done));
  const closed = new Promise((done) => socket.once("close", done));
  socket.on("error", () => undefined);
  // An idle connection that has sent nothing yet.
  await other.close();
  await closed;
});
