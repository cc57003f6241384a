import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { CreateStateMachineCommand, ListExecutionsCommand, SFNClient } from "@aws-sdk/client-sfn";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openS3Store } from "../../lib/aws/s3/s3Store.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { bundleFunctions, type FunctionBundles, folderBytes } from "../../lib/infra/bundles/bundles.ts";
import { installDuckdb, LAMBDA_PLATFORM, projectCache } from "../../lib/infra/bundles/duckdbBinding.ts";
import { PROJECT_ROOT } from "../../lib/infra/bundles/project.ts";
import { FUNCTION_NAMES, type FunctionName } from "../../lib/infra/workflow/functionSpecs.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { runLocally } from "../../lib/local/run/runLocally.ts";
import { readAliases } from "../../lib/workflow/models/aliases.ts";
import { shopCsv, writeText } from "../support/shop.ts";
import { CREDENTIALS, REGION, startMoto } from "./support/moto.ts";

const MIB = 1024 * 1024;
/** DuckDB, and the charting library. */
const UNPACKED_MIB: Partial<Record<FunctionName, number>> = { ingest: 250, "publish-report": 4 };
const INVOKE = fileURLToPath(new URL("./support/invoke.mjs", import.meta.url));
const outDirectory = mkdtempSync(join(tmpdir(), "rfm-bundles-"));
const moto = await startMoto();
if ("missing" in moto) console.warn(`Skipped: ${moto.missing}`);
const endpoint = "missing" in moto ? "http://127.0.0.1:9" : moto.endpoint;
const client = new S3Client({ endpoint, region: REGION, credentials: CREDENTIALS, forcePathStyle: true });
const bucket = `lake-${randomUUID()}`;
const store = openS3Store({ client, bucket });
const SCORING_MACHINE_ARN = `arn:aws:states:${REGION}:123456789012:stateMachine:rfm-test-scoring`;
let bundles: FunctionBundles;

beforeAll(async () => {
  bundles = await bundleFunctions({
    outDirectory,
    duckdbModules: installDuckdb(projectCache(PROJECT_ROOT), LAMBDA_PLATFORM),
  });
  if (!("missing" in moto)) await client.send(new CreateBucketCommand({ Bucket: bucket }));
});

afterAll(() => {
  client.destroy();
  if ("stop" in moto) moto.stop();
  rmSync(outDirectory, { recursive: true, force: true });
});

interface Answer {
  readonly result?: unknown;
  readonly errorType?: string;
  readonly errorMessage?: string;
}

/** Loads a bundle in a process of its own, with nothing around it but what Lambda gives, and calls its handler. */
async function invoke(
  name: FunctionName,
  event: unknown,
  environment: Record<string, string> = {},
): Promise<Answer & { log: string }> {
  const child = spawn(process.execPath, [INVOKE, join(bundles[name].directory, "index.mjs")], {
    cwd: tmpdir(),
    env: {
      PATH: "",
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_ENDPOINT_URL_S3: endpoint,
      AWS_ENDPOINT_URL_SFN: endpoint,
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1769",
      POWERTOOLS_TRACE_ENABLED: "false",
      POWERTOOLS_SERVICE_NAME: name,
      RFM_LAKE_BUCKET: bucket,
      RFM_CODE_VERSION: "test",
      RFM_MAP_CONCURRENCY: "2",
      RFM_STATE_MACHINE_ARN: "arn:aws:states:us-east-1:123456789012:stateMachine:none",
      RFM_STREAM: "off",
      RFM_DATABASE_CLUSTER_ARN: "none",
      RFM_SCORING_MACHINE_ARN: SCORING_MACHINE_ARN,
      RFM_API_ORIGINS: "none",
      ...environment,
    },
  });
  child.stdin.end(JSON.stringify(event));
  const [output, log] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const answer = output.split("\n").findLast((line) => line.startsWith("ANSWER "));
  if (answer === undefined) throw new Error(`${name} gave no answer: ${output}\n${log}`);
  return { ...(JSON.parse(answer.slice("ANSWER ".length)) as Answer), log: output + log };
}

describe("the bundles", () => {
  it("are small, and DuckDB's fits Lambda", () => {
    for (const name of FUNCTION_NAMES) {
      const { scriptBytes, totalBytes } = bundles[name];
      expect(scriptBytes, name).toBeLessThan(1.5 * MIB);
      expect(totalBytes, name).toBeLessThan((UNPACKED_MIB[name] ?? 2) * MIB);
      expect(totalBytes).toBe(folderBytes(bundles[name].directory));
    }
    expect(bundles.api.scriptBytes).toBeLessThan(1_000_000);
  });

  it("hold a library for arm64 that needs no newer glibc than Lambda's 2.34", () => {
    const folder = join(bundles.ingest.directory, "node_modules/@duckdb/node-bindings-linux-arm64");
    const library = readFileSync(join(folder, "libduckdb.so"));
    // ELF header: machine 183 is AArch64.
    expect(library.readUInt16LE(18)).toBe(183);
    const versions = [...library.toString("latin1").matchAll(/GLIBC_2\.(\d+)/g)].map(([, minor]) => Number(minor));
    expect(Math.max(...versions)).toBeLessThanOrEqual(34);
  });

  it("hold no code that is for tests or for the laptop", () => {
    for (const name of FUNCTION_NAMES) {
      expect(
        bundles[name].sources.filter((source) =>
          /^(test|bench|bin)\/|piscina|pglite|lib\/local\/(duckdb|runLocally|machine)/.test(source),
        ),
      ).toEqual([]);
    }
  });
});

describe.skipIf("missing" in moto)("the handlers, each in a clean process, against S3 over HTTP", () => {
  const attempt = "orders-2024-0123456789abcdef";
  const input = {
    attempt,
    configKey: null,
    drop: { objects: [{ key: "incoming/orders äöü 2024.csv", source: "orders äöü 2024.csv" }] },
  };
  let ingested: Answer;

  it("ingest reads a dropped file with DuckDB of the release that Lambda gets", async () => {
    await store.write(
      "incoming/orders äöü 2024.csv",
      "order_id,customer_id,date,quantity,price\no1,c1,2024-05-01,2,3.50\no2,c2,2024-05-02,1,9.99\n",
    );
    const { os, cpu } = { os: process.platform as "linux", cpu: process.arch as "x64" };
    rmSync(join(bundles.ingest.directory, "node_modules"), { recursive: true });
    symlinkSync(installDuckdb(projectCache(PROJECT_ROOT), { os, cpu }), join(bundles.ingest.directory, "node_modules"));
    ingested = await invoke("ingest", input);
    expect(ingested).toMatchObject({ result: { attempt, drop: { ingestId: attempt, rows: 2, hasRows: true } } });
    const keys = (await store.list(`raw/ingest_id=${attempt}/`)).map(({ key }) => key);
    expect(keys).toContain(`raw/ingest_id=${attempt}/rows/part-00000.parquet`);
    expect(keys).toContain(`raw/ingest_id=${attempt}/original/orders äöü 2024.csv`);
    const { statements } = ingested.result as { statements: { clean: string } };
    expect(statements.clean).toContain(attempt);
  });

  it("a step whose papers are missing fails by the name that the machine sees", async () => {
    const answer = await invoke("check-quality", ingested.result);
    expect(answer.errorType).toMatch(/Error$/);
    expect(answer.errorType).not.toBe("Error");
    const score = await invoke("score-shard", {
      shard: 0,
      planKey: "curated/none/plan.json",
      modelKey: "models/none.json",
    });
    expect(score).toMatchObject({ errorType: "ObjectNotFoundError" });
  });

  it.each(["plan-run", "plan-clustering", "select-model", "publish-report", "load-segments", "publish-run"] as const)(
    "%s starts and asks for its papers",
    async (name) => {
      const state = {
        ...(ingested.result as object),
        run: { runId: "r", snapshotDate: "2024-06-01", createdAt: "2024-06-01T00:00:00Z" },
        queries: {},
        plan: { planKey: "curated/none/plan.json", shards: [0], concurrency: 1 },
        model: { modelVersion: "m", modelKey: "models/m.json" },
        report: { summaryKey: "reports/none/summary.json" },
      };
      const answer = await invoke(name, state);
      expect(["ObjectNotFoundError", "NoUsableRowsError", "NoCustomersError"]).toContain(answer.errorType);
    },
  );

  it("fit-shard asks for its plan", async () => {
    expect(await invoke("fit-shard", { attempt: "none", shard: 0, planKey: "curated/none/plan.json" })).toMatchObject({
      errorType: "ObjectNotFoundError",
    });
  });

  it("record-failure keeps the reason, and nothing of the event is logged", async () => {
    const { result, log } = await invoke("record-failure", {
      attempt,
      state: { error: { Error: "States.Timeout", Cause: "customer 12345 was slow" } },
    });
    expect(result).toMatchObject({ attempt, error: "States.Timeout" });
    const keys = (await store.list(`attempts/attempt=${attempt}/`)).map(({ key }) => key);
    expect(keys).toContain(`attempts/attempt=${attempt}/failure.json`);
    expect(log.replace(/^ANSWER.*$/m, "")).not.toContain("12345");
  });

  it("start-run ignores what is no drop, and reports passing trouble by the name that is retried", async () => {
    const event = (key: string) => ({
      detail: { bucket: { name: bucket }, object: { key, size: 1, etag: "e", sequencer: "1" } },
    });
    expect(await invoke("start-run", event("incoming/f/part.csv"))).toMatchObject({ result: { outcome: "ignored" } });
    // Nobody listens there.
    const down = await invoke("start-run", event("incoming/a.csv"), { AWS_ENDPOINT_URL_S3: "http://127.0.0.1:9" });
    expect(down.errorType).toBe("TransientError");
  });

  it("migrate-database answers the deployment", async () => {
    const bodies: Promise<string>[] = [];
    const server = createServer((request, response) => {
      bodies.push(text(request));
      response.end();
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const ResponseURL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await invoke("migrate-database", {
      RequestType: "Create",
      ResponseURL,
      StackId: "s",
      RequestId: "r",
      LogicalResourceId: "Migration",
      ResourceProperties: {},
    });
    server.close();
    expect(JSON.parse(await (bodies[0] as Promise<string>))).toMatchObject({
      Status: "SUCCESS",
      PhysicalResourceId: "Migration",
    });
  });
});

/** A request as API Gateway hands it to a function of a REST API, signed by an IAM user. */
function gatewayEvent(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): object {
  const sent: Record<string, string> = {
    Host: "abc123.execute-api.us-east-1.amazonaws.com",
    "X-Forwarded-For": "203.0.113.7",
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    ...headers,
  };
  const [pathOnly, query = ""] = path.split("?");
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const hasQuery = query !== "";
  const list = (values: Record<string, string>) => Object.fromEntries(Object.entries(values).map(([k, v]) => [k, [v]]));
  return {
    resource: pathOnly,
    path: pathOnly,
    httpMethod: method,
    headers: sent,
    multiValueHeaders: list(sent),
    queryStringParameters: hasQuery ? parameters : null,
    multiValueQueryStringParameters: hasQuery ? list(parameters) : null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "abc123",
      domainName: "abc123.execute-api.us-east-1.amazonaws.com",
      httpMethod: method,
      identity: { sourceIp: "203.0.113.7", userArn: "arn:aws:iam::123456789012:user/shop", accessKey: "AKIAEXAMPLE" },
      path: `/v1${pathOnly}`,
      protocol: "HTTP/1.1",
      requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
      stage: "v1",
    },
    body: body === undefined ? null : typeof body === "string" ? body : JSON.stringify(body),
    isBase64Encoded: false,
  };
}

interface GatewayAnswer {
  readonly statusCode: number;
  readonly multiValueHeaders: Record<string, string[]>;
  readonly body: string;
}

describe.skipIf("missing" in moto)(
  "the scoring API, each request a cold start, against S3 and Step Functions over HTTP",
  () => {
    const states = new SFNClient({ endpoint, region: REGION, credentials: CREDENTIALS });
    const ask = async (method: string, path: string, body?: unknown, headers?: Record<string, string>) => {
      const { result, log } = await invoke("api", gatewayEvent(method, path, body, headers));
      const { statusCode, multiValueHeaders, body: text } = result as GatewayAnswer;
      return { status: statusCode, headers: multiValueHeaders, text, log };
    };
    let champion: string;

    beforeAll(async () => {
      const lakeDirectory = mkdtempSync(join(tmpdir(), "rfm-lake-"));
      const shop = writeText(join(lakeDirectory, "shop.csv"), shopCsv({ seed: 1, customers: 150, lines: 600 }));
      await runLocally({ lakeDirectory, files: [shop], config: parseConfig({ clusters: { minK: 3, maxK: 4 } }) });
      const local = openFolderStore(lakeDirectory);
      for (const zone of ["models/", "runs/", "attempts/", "curated/", "reports/"]) {
        for (const { key } of await local.list(zone)) await store.write(key, await local.read(key));
      }
      champion = (await readAliases(local)).champion as string;
      rmSync(lakeDirectory, { recursive: true, force: true });
      await states.send(
        new CreateStateMachineCommand({
          name: "rfm-test-scoring",
          definition: JSON.stringify({ StartAt: "Done", States: { Done: { Type: "Succeed" } } }),
          roleArn: "arn:aws:iam::123456789012:role/states",
        }),
      );
    });
    afterAll(() => states.destroy());

    it("scores with the model of the bucket, and logs no customer", async () => {
      const body = [{ customer_id: "customer-4711", recency: 5, frequency: 12, monetary: 400 }];
      const answer = await ask("POST", "/invocations", body, { "X-Correlation-Id": "order-17" });
      expect(answer.status).toBe(200);
      expect(answer.headers["x-correlation-id"]).toEqual(["order-17"]);
      expect(JSON.parse(answer.text)).toMatchObject([
        { customer_id: "customer-4711", model_version: champion, arm: "champion" },
      ]);
      expect(answer.log.replace(/^ANSWER.*$/m, "")).not.toContain("4711");
      expect(answer.log).toContain("order-17");
    });

    it("answers CSV as text, ping, the document, and problems with their type", async () => {
      const csv = await ask("POST", "/invocations", "17850,5,12,400\n", { "Content-Type": "text/csv" });
      expect([csv.status, csv.headers["content-type"]]).toEqual([200, ["text/csv; charset=utf-8"]]);
      expect(csv.text).toMatch(/^customer_id,.*\n17850,5,12,400,/);
      expect(JSON.parse((await ask("GET", "/ping")).text)).toEqual({ status: "ok", model_version: champion });
      expect(JSON.parse((await ask("GET", "/openapi.json")).text)).toMatchObject({ openapi: "3.1.0" });
      const wrong = await ask("POST", "/invocations", { recency: -5, frequency: 12, monetary: 400 });
      expect([wrong.status, wrong.headers["content-type"]]).toEqual([400, ["application/problem+json"]]);
      expect(wrong.text).toContain("recency");
    });

    it("starts a score job once, and its function takes it to the end", async () => {
      await store.write("scoring/input/a.csv", "customer_id,recency,frequency,monetary\nc1,5,12,400\nc2,50,1,4\n");
      const started = await ask("POST", "/score-jobs", { input: "scoring/input/a.csv" });
      expect(started.status).toBe(202);
      const { id, output } = JSON.parse(started.text) as { id: string; output: string };
      const { executions } = await states.send(new ListExecutionsCommand({ stateMachineArn: SCORING_MACHINE_ARN }));
      expect(executions?.map(({ name }) => name)).toEqual([id]);
      const { result } = await invoke("score-job", { step: "plan", input: { jobId: id } });
      expect(result).toEqual({ shards: [0], concurrency: 2 });
      const scored = await invoke("score-job", { step: "score", input: { jobId: id, shard: 0 } });
      expect(scored.log.replace(/^ANSWER.*$/m, "")).not.toMatch(/c1|c2/);
      await invoke("score-job", { step: "finish", input: { jobId: id } });
      const job = await ask("GET", `/score-jobs/${id}`);
      expect(JSON.parse(job.text)).toMatchObject({ status: "succeeded", customers: 2, shards: { done: 1, total: 1 } });
      const part = Buffer.from(await store.read(`${output}part-00000.csv`)).toString();
      expect(part).toMatch(/\nc2,50,1,4,/);
    });

    it("fails a score job by the name that its machine does not retry", async () => {
      expect(await invoke("score-job", { step: "plan", input: { jobId: "none" } })).toMatchObject({
        errorType: "ObjectNotFoundError",
      });
    });

    it("shows customers and segments out of the files, where there is no database", async () => {
      const { segments } = JSON.parse((await ask("GET", "/segments")).text) as {
        segments: { name: string; customers: number }[];
      };
      const largest = segments.toSorted((a, b) => b.customers - a.customers)[0]?.name ?? "";
      const page = await ask("GET", `/segments/${encodeURIComponent(largest)}/customers?limit=1`);
      const { customers } = JSON.parse(page.text) as { customers: { customer_id: string }[] };
      const customer = await ask("GET", `/customers/${customers[0]?.customer_id}`);
      expect(JSON.parse(customer.text)).toEqual({ customer: customers[0], history: [customers[0]] });
    });

    it("says 4xx where there is nothing, never 5xx", async () => {
      expect((await ask("GET", "/customers/nobody")).status).toBe(404);
      expect((await ask("GET", "/score-jobs/20260101T000000Z-000000000000")).status).toBe(404);
      expect((await ask("POST", "/score-jobs", { input: "models/aliases.json" })).status).toBe(422);
    });
  },
);
