import { rmSync } from "node:fs";
import { ExecuteStatementCommand, RDSDataClient } from "@aws-sdk/client-rds-data";
import { mockClient } from "aws-sdk-client-mock";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createApi } from "../../../lib/api/app.ts";
import { ENVIRONMENT } from "../../../lib/aws/functions/environment.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { catchLog } from "../../support/deployedLog.ts";
import { temporaryFolder } from "../../support/lake.ts";

const folder = temporaryFolder();
const rds = mockClient(RDSDataClient);
let logged: readonly string[] = [];
beforeEach(() => {
  rds.reset();
  logged = catchLog();
});
afterEach(() => vi.restoreAllMocks());
afterAll(() => {
  vi.unstubAllEnvs();
  // The class itself is mocked here, which other files of this process must not find.
  rds.restore();
  rmSync(folder, { recursive: true, force: true });
});

/** The service as the function builds it, of a deployment with these settings. */
async function deployed(settings: Partial<Record<keyof typeof ENVIRONMENT, string>>) {
  const given = {
    databaseCluster: "none",
    databaseSecret: "secret",
    databaseName: "rfm",
    apiOrigins: "none",
    ...settings,
  };
  for (const [name, value] of Object.entries(given)) vi.stubEnv(ENVIRONMENT[name as keyof typeof ENVIRONMENT], value);
  vi.stubEnv("AWS_REGION", "eu-west-1");
  const { deployedApi } = await import("../../../lib/aws/functions/deployedApi.ts");
  const ports = { store: openFolderStore(folder), clock: { now: () => new Date() }, codeVersion: "test" };
  return createApi(deployedApi(ports, async () => "started"));
}

describe("the deployed API", () => {
  it("answers 503 before the gateway gives up on a database that starts from zero", async () => {
    const app = await deployed({ databaseCluster: "arn:aws:rds:eu-west-1:123456789012:cluster:c" });
    rds
      .on(ExecuteStatementCommand)
      .rejects(Object.assign(new Error("resuming"), { name: "DatabaseResumingException" }));
    vi.useFakeTimers({ toFake: ["setTimeout"] });
    const asked = app.request("/segments");
    await vi.advanceTimersByTimeAsync(25_000);
    vi.useRealTimers();
    const answer = await asked;
    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "15"]);
    expect(await answer.json()).toMatchObject({ type: "urn:rfm:problem:unavailable" });
    // 2, 4 and 8 seconds apart.
    expect(rds.commandCalls(ExecuteStatementCommand)).toHaveLength(4);
  });

  it("does not pass off other troubles of the database as a start", async () => {
    const app = await deployed({ databaseCluster: "arn:aws:rds:eu-west-1:123456789012:cluster:c" });
    rds.on(ExecuteStatementCommand).rejects(Object.assign(new Error("secret host"), { name: "BadRequestException" }));
    const answer = await app.request("/segments");
    expect(answer.status).toBe(500);
    expect(await answer.text()).not.toContain("secret host");
    expect(logged.join("\n")).not.toContain("secret host");
    expect(logged.join("\n")).toContain("BadRequestException");
  });

  it("lets pages of the given origins call, and no others", async () => {
    const app = await deployed({ apiOrigins: "https://a.example,https://b.example" });
    const origin = async (of: string) =>
      (await app.request("/ping", { headers: { origin: of } })).headers.get("access-control-allow-origin");
    expect(await origin("https://b.example")).toBe("https://b.example");
    expect(await origin("https://c.example")).toBeNull();
    const closed = await deployed({});
    expect(
      (await closed.request("/ping", { headers: { origin: "none" } })).headers.get("access-control-allow-origin"),
    ).toBeNull();
  });

  it("reads the files of the lake where there is no database", async () => {
    const app = await deployed({});
    expect(await (await app.request("/runs")).json()).toEqual({ runs: [] });
    expect((await app.request("/customers/1")).status).toBe(409);
    expect(rds.calls()).toHaveLength(0);
  });
});
