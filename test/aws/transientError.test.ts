import { describe, expect, it } from "vitest";
import { classified, isTransient, retrying, type TransientError } from "../../lib/aws/transientError.ts";
import { SegmentationError } from "../../lib/domain/errors.ts";

const named = (name: string, more: object = {}): Error => Object.assign(new Error(name), { name }, more);

describe("isTransient", () => {
  it.each([
    "SlowDown",
    "ThrottlingException",
    "TooManyRequestsException",
    "DatabaseResumingException",
    "ServiceUnavailable",
  ])("knows %s", (name) => {
    expect(isTransient(named(name))).toBe(true);
  });

  it("goes by status and connection where the name says nothing", () => {
    expect(isTransient(named("Unknown", { $metadata: { httpStatusCode: 503 } }))).toBe(true);
    expect(isTransient(named("Error", { code: "ECONNRESET" }))).toBe(true);
  });

  it.each([
    named("AccessDenied", { $metadata: { httpStatusCode: 403 } }),
    named("NoSuchKey", { $metadata: { httpStatusCode: 404 } }),
    new TypeError("x is not a function"),
    new SegmentationError("CONFIG", "wrong"),
    "text",
  ])("leaves %s alone", (error) => {
    expect(isTransient(error)).toBe(false);
    expect(classified(error)).toBe(error);
  });
});

describe("classified", () => {
  it("gives passing trouble the name that the state machine retries", () => {
    const cause = named("SlowDown");
    const error = classified(cause) as TransientError;
    expect(error.name).toBe("TransientError");
    expect(error.cause).toBe(cause);
    expect(classified(error)).toBe(error);
  });
});

describe("retrying", () => {
  const waits: number[] = [];
  const options = {
    attempts: 4,
    firstDelayMs: 100,
    maxDelayMs: 250,
    isRetryable: isTransient,
    sleep: async (ms: number) => void waits.push(ms),
  };

  it("waits longer each time, up to a limit, then gives up with the last error", async () => {
    let calls = 0;
    await expect(retrying(() => Promise.reject(named("SlowDown", { call: ++calls })), options)).rejects.toMatchObject({
      call: 4,
    });
    expect(waits).toEqual([100, 200, 250]);
  });

  it("does not repeat what cannot succeed", async () => {
    let calls = 0;
    await expect(retrying(() => Promise.reject(named("AccessDenied", { call: ++calls })), options)).rejects.toThrow(
      "AccessDenied",
    );
    expect(calls).toBe(1);
  });
});
