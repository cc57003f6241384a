import type { Context } from "aws-lambda";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { greatestDrift, rejectedPercent } from "../../../lib/aws/functions/qualityMetrics.ts";
import { stepHandler } from "../../../lib/aws/functions/stepHandler.ts";
import { TransientError } from "../../../lib/aws/transientError.ts";
import { ObjectNotFoundError } from "../../../lib/domain/storeErrors.ts";
import { catchLog } from "../../support/deployedLog.ts";

const context = {
  functionName: "fit-shard",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:us-east-1:123456789012:function:fit-shard",
  memoryLimitInMB: "1769",
  awsRequestId: "11111111-2222-3333-4444-555555555555",
} as Context;
let logged: readonly string[] = [];

beforeEach(() => {
  vi.stubEnv("POWERTOOLS_TRACE_ENABLED", "false");
  logged = catchLog();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("stepHandler", () => {
  it("gives the step its event and gives back what the step gives", async () => {
    const handler = stepHandler(async ({ shard }: { shard: number }) => shard + 1);
    expect(await handler({ shard: 6 }, context)).toBe(7);
  });

  it("passes our own errors on as they are, and logs their code", async () => {
    const handler = stepHandler(() => Promise.reject(new ObjectNotFoundError("curated/plan.json")));
    await expect(handler({}, context)).rejects.toThrow(ObjectNotFoundError);
    const [entry] = logged.map((line) => JSON.parse(line)).filter(({ level }) => level === "ERROR");
    expect(entry).toMatchObject({
      code: "OBJECT_NOT_FOUND",
      context: { key: "curated/plan.json" },
      function_request_id: context.awsRequestId,
    });
  });

  it("gives passing trouble the name that the state machine retries", async () => {
    const handler = stepHandler(() =>
      Promise.reject(Object.assign(new Error("Please reduce your request rate."), { name: "SlowDown" })),
    );
    await expect(handler({}, context)).rejects.toMatchObject({ name: "TransientError", code: "TRANSIENT" });
    await expect(handler({}, context)).rejects.toThrow(TransientError);
  });

  it("logs neither the event nor the words of a foreign error: they may name customers", async () => {
    const handler = stepHandler((_: { customer: string }) =>
      Promise.reject(new TypeError("cannot read jane@example.com")),
    );
    await expect(handler({ customer: "jane@example.com" }, context)).rejects.toThrow("cannot read jane@example.com");
    expect(logged.length).toBeGreaterThan(0);
    expect(logged.join("\n")).not.toContain("jane@example.com");
    expect(logged.join("\n")).toContain("TypeError");
  });
});

describe("rejectedPercent", () => {
  it("is the share of the rows that are not kept", () => {
    const ledger = [
      { reason: "kept", rows: 75, amount: 1 },
      { reason: "cancellation", rows: 25, amount: 1 },
    ];
    expect(rejectedPercent({ rowsIn: 100, ledger })).toBe(25);
    expect(rejectedPercent({ rowsIn: 0, ledger: [] })).toBe(0);
    expect(rejectedPercent({ rowsIn: 4, ledger: [] })).toBe(100);
  });
});

describe("greatestDrift", () => {
  const drift = (features: readonly [psi: number, level: "ok" | "warn" | "alarm"][]) => ({
    drift: {
      ...{ referenceModel: "m", shares: [], thresholds: { warn: 0.1, alarm: 0.25 } },
      features: features.map(([psi, level]) => ({ feature: "monetary" as const, psi, noise: 0.3, level })),
    },
  });

  it("is the greatest index that chance does not explain, and 0 for a first run", () => {
    expect(
      greatestDrift(
        drift([
          [0.9, "ok"],
          [0.12, "warn"],
          [0.4, "alarm"],
        ]),
      ),
    ).toBe(0.4);
    expect(greatestDrift(drift([[0.9, "ok"]]))).toBe(0);
    expect(greatestDrift({ drift: null })).toBe(0);
  });
});
