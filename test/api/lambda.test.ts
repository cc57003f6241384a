import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { handle } from "hono/aws-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApi } from "../../lib/api/app.ts";
import { openModelSource } from "../../lib/api/scoring/modelSource.ts";
import { openCursorKey } from "../../lib/api/segments/cursor.ts";
import { type ApiEvent, DEFAULT_LIMITS } from "../../lib/api/types.ts";
import { openLakeSegments } from "../../lib/local/serve/lakeSegments.ts";
import { setChallenger } from "../../lib/workflow/models/modelRegistry.ts";
import { type ServedLake, serveLake } from "./support.ts";

let lake: ServedLake;
let invoke: (event: Partial<APIGatewayProxyEvent>) => Promise<APIGatewayProxyResult>;
const events: ApiEvent[] = [];

beforeAll(async () => {
  lake = await serveLake();
  await lake.run([lake.shop("orders.csv", 1)]);
  const app = createApi({
    store: lake.store,
    clock: { now: () => new Date() },
    models: openModelSource(lake.store, { now: () => performance.now(), refreshMs: 0 }),
    segments: await openLakeSegments(lake.store, lake.directory),
    startScoreJob: async () => undefined,
    cursorKey: openCursorKey(lake.store),
    limits: DEFAULT_LIMITS,
    observe: (event) => events.push(event),
  });
  const handler = handle(app);
  invoke = (event) =>
    handler({
      httpMethod: "GET",
      headers: {},
      multiValueHeaders: {},
      queryStringParameters: null,
      multiValueQueryStringParameters: null,
      isBase64Encoded: false,
      body: null,
      resource: "/{proxy+}",
      requestContext: { identity: {} },
      ...event,
    } as never) as Promise<APIGatewayProxyResult>;
});
afterAll(() => lake?.close());

describe("the handler behind API Gateway", () => {
  it("scores what the gateway hands over, as text and as base64", async () => {
    const body = JSON.stringify({ recency: 5, frequency: 12, monetary: 400 });
    const post = { httpMethod: "POST", path: "/invocations", headers: { "content-type": "application/json" } };
    const plain = await invoke({ ...post, body });
    const encoded = await invoke({ ...post, body: Buffer.from(body).toString("base64"), isBase64Encoded: true });
    expect(plain.statusCode).toBe(200);
    expect(encoded.body).toBe(plain.body);
    const served = await lake.post("/invocations", body);
    expect(JSON.parse(plain.body)).toEqual(await served.json());
  });

  it("answers problems with their type, and paths with escapes", async () => {
    const missing = await invoke({ path: "/customers/no%2Fbody" });
    const type = missing.multiValueHeaders?.["content-type"]?.[0];
    expect([missing.statusCode, type]).toEqual([404, "application/problem+json"]);
    expect((await invoke({ path: "/segments/Can't%20Lose%20Them/customers" })).statusCode).toBe(200);
  });

  it("tells how many customers each arm scored, and nothing of them", async () => {
    const { champion } = JSON.parse((await invoke({ path: "/models" })).body) as { champion: string };
    await setChallenger(lake.store, { version: champion, share: 0.5 });
    events.length = 0;
    await invoke({
      httpMethod: "POST",
      path: "/invocations",
      headers: { "content-type": "application/json", "x-correlation-id": "seen-17" },
      body: JSON.stringify([{ customer_id: "K0001", recency: 5, frequency: 12, monetary: 400 }]),
    });
    expect(events).toEqual([
      {
        operation: "invoke",
        status: 200,
        durationMs: expect.any(Number),
        correlationId: "seen-17",
        // The champion on trial against itself is no trial.
        scored: { champion: 1, challenger: 0 },
      },
    ]);
  });
});
