import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import { postNews } from "../../lib/local/notify/postNews.ts";
import { webhookHeaders } from "../../lib/local/notify/signature.ts";
import { rfmHere } from "../support/cli.ts";
import { QUICK, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers by turns with these statuses, the last one from then on; undefined never answers. */
let answers: (number | undefined)[] = [200];
let answerHeaders: Record<string, string> = {};
const received: Received[] = [];
let server: Server;
let url = "";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const PATIENCE = { delaysMs: [5, 5, 5], timeoutMs: 300 };
const folder = temporaryFolder();

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      received.push({ path: request.url, headers: request.headers, body });
      const status = answers.length > 1 ? answers.shift() : answers[0];
      if (status !== undefined) response.writeHead(status, answerHeaders).end("said to nobody");
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/T0-secret-path`;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  rmSync(folder, { recursive: true, force: true });
});
afterEach(() => {
  received.length = 0;
  answers = [200];
  answerHeaders = {};
});

const summary = {
  ...{ runId: "2024-07-01-aaaaaaaaaa", snapshotDate: "2024-07-01", modelVersion: "m-1" },
  headline: ["Champions are 10% of the customers & bring <half> of the revenue."],
  totals: { customers: 12, orders: 30, revenue: 900.5, averageOrderValue: 30, repeatRate: 0.5 },
  segments: [{ name: "Champions", customers: 3, revenue: 450 }],
  findings: [{ level: "warn", message: "About customer K9Person." }],
  dominance: { customers: [{ customerId: "K9Person", monetary: 400 }], revenueShare: 0.4, note: "" },
} as unknown as Summary;

const post = (notify: object, environment = {}) =>
  postNews(
    parseConfig({ notify: { url, ...notify }, display: { shopName: "Hearth & Home" } }),
    summary,
    environment,
    PATIENCE,
  );

describe("a signature", () => {
  it("is that of Standard Webhooks, by the example of its reference libraries", () => {
    const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(webhookHeaders(message, SECRET)).toEqual({
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
    expect(webhookHeaders(message, null)).not.toHaveProperty("webhook-signature");
  });
});

describe("the headline of a run", () => {
  it("arrives signed and names nobody", async () => {
    expect(await post({ secret: SECRET })).toMatchObject({ attempts: 1, failure: null });
    const [{ headers, body, path } = { headers: {}, body: "", path: "" }] = received;
    expect(path).toBe("/hooks/T0-secret-path");
    const id = String(headers["webhook-id"]);
    const timestamp = Number(headers["webhook-timestamp"]);
    expect(Math.abs(timestamp - Date.now() / 1000)).toBeLessThan(60);
    expect(headers["webhook-signature"]).toBe(webhookHeaders({ id, timestamp, body }, SECRET)["webhook-signature"]);
    expect(JSON.parse(body)).toMatchObject({
      type: "run.published",
      headline: summary.headline,
      customers: 12,
      warnings: 1,
    });
    expect(body).not.toContain("K9Person");
  });

  it("names the largest customers where that is allowed", async () => {
    await post({ customerIds: true });
    expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({ largest_customers: [{ customer_id: "K9Person" }] });
  });

  it("is a text for Slack, without its markup", async () => {
    await post({ format: "slack" });
    expect(JSON.parse(received[0]?.body ?? "")).toEqual({
      text: "*Hearth &amp; Home: customer segments as of 2024-07-01*\n• Champions are 10% of the customers &amp; bring &lt;half&gt; of the revenue.\nRun 2024-07-01-aaaaaaaaaa, 1 warning",
    });
  });

  it("is posted again, as the same message, where the receiver fails, asks to wait or does not answer", async () => {
    answers = [503, undefined, 429, 200];
    expect(await post({})).toMatchObject({ attempts: 4, failure: null });
    expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    answers = [500];
    expect(await post({})).toMatchObject({ attempts: 4, failure: "it answered 500" });
    answerHeaders = { "retry-after": "3600" };
    answers = [503];
    expect(await post({})).toMatchObject({ attempts: 1, failure: "it answered 503" });
  });

  it("is not posted again where the receiver refuses it or sends it elsewhere", async () => {
    answers = [404];
    expect(await post({})).toMatchObject({ attempts: 1, failure: "it answered 404" });
    answers = [302];
    answerHeaders = { location: `${url}/elsewhere` };
    expect(await post({})).toMatchObject({ attempts: 1, failure: "it answered 302" });
    expect(received.map(({ path }) => path)).not.toContain("/hooks/T0-secret-path/elsewhere");
  });

  it("says why it did not arrive, without the address", async () => {
    const nobody = await post({ url: "http://127.0.0.1:1/T0-secret-path" });
    expect(nobody).toEqual({
      host: "127.0.0.1:1",
      attempts: 4,
      failure: expect.stringMatching(/^it cannot be reached/),
    });
    expect(await post({ url: "env:NO_SUCH_HOOK" })).toMatchObject({
      attempts: 0,
      failure: expect.stringContaining("NO_SUCH_HOOK"),
    });
    expect(await post({ secret: "env:NO_SUCH_KEY" })).toMatchObject({
      attempts: 0,
      failure: expect.stringContaining("NO_SUCH_KEY"),
    });
    expect(received).toEqual([]);
    expect(await post({ url: "env:HOOK", secret: "env:KEY" }, { HOOK: url, KEY: SECRET })).toMatchObject({
      failure: null,
    });
    expect(received[0]?.headers["webhook-signature"]).toMatch(/^v1,/);
  });

  it("is for https alone, and no message repeats a wrong address", () => {
    const refused = () => parseConfig({ notify: { url: "http://hooks.example/T0-secret-path" } });
    expect(refused).toThrow(/"notify.url" must be an https address/);
    expect(refused).not.toThrow(/T0-secret-path/);
  });
});

describe("rfm run", () => {
  it("posts what the summary says, tries again, and keeps address and secret to itself", async () => {
    const file = writeText(join(folder, "shop.csv"), shopCsv({ seed: 1, customers: 60, lines: 300 }));
    const config = { ...QUICK, notify: { url, secret: "a-secret-of-ours" } };
    writeText(join(folder, "config.json"), JSON.stringify(config));
    answers = [503, 200];
    const args = ["run", file, "--config", "config.json", "--out", "out"];
    const { code, stdout, stderr } = await rfmHere(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(/The headline was posted to 127\.0\.0\.1:\d+, at the second attempt\./);
    const { headline } = JSON.parse(readFileSync(join(folder, "out/summary.json"), "utf8"));
    expect(headline.length).toBeGreaterThan(1);
    expect(JSON.parse(received[1]?.body ?? "")).toMatchObject({ headline });
    expect(`${stdout}${stderr}`).not.toMatch(/T0-secret-path|a-secret-of-ours/);
    const kept = ["lake", "out"].flatMap((name) =>
      readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    expect(kept.length).toBeGreaterThan(50);
    expect(kept.filter((path) => /T0-secret-path|a-secret-of-ours/.test(readFileSync(path, "latin1")))).toEqual([]);
  });

  it("succeeds where nobody takes the message, and warns", async () => {
    answers = [410];
    const { code, stderr } = await rfmHere(["run", "--config", "config.json", "--quiet"], { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(stderr).toMatch(
      /^warning The headline could not be posted to 127\.0\.0\.1:\d+: it answered 410\. The run is published all the same\. \[WEBHOOK\]$/m,
    );
  });
});
