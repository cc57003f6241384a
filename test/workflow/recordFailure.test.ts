import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { readJson } from "../../lib/workflow/lake/json.ts";
import { type FailureInput, recordFailure } from "../../lib/workflow/steps/recordFailure.ts";

const folder = mkdtempSync(join(tmpdir(), "rfm-failure-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const store = openFolderStore(folder);
const ports = { store, clock: { now: () => new Date(0) }, codeVersion: "test" };
const host = { memoryMegabytes: 256, startUpMilliseconds: () => 0 };
const fail = (state: FailureInput["state"], more: object = {}) =>
  recordFailure({ ...ports, ...more }, { attempt: "a", state });

describe("recordFailure", () => {
  it("takes the sentence out of what Lambda wraps, and keeps the record", async () => {
    const Cause = JSON.stringify({ errorType: "LedgerImbalanceError", errorMessage: "3 rows came in, but 2 …" });
    const record = await fail({ error: { Error: "LedgerImbalanceError", Cause } });
    expect(record).toMatchObject({ error: "LedgerImbalanceError", cause: "3 rows came in, but 2 …" });
    expect(record.message).toContain("Nothing that is published has changed.");
    expect(await readJson(store, "attempts/attempt=a/failure.json")).toEqual({
      ...record,
      failedAt: new Date(0).toISOString(),
    });
  });

  it("says what readers see, by how far the run came", async () => {
    const error = { Error: "States.Timeout", Cause: "" };
    const early = await fail({ error });
    const committed = await fail({ error, run: { runId: "r" } });
    const publishing = await fail({ error, run: { runId: "r" }, load: {} });
    expect(early.message).not.toContain("history");
    expect(committed.message).toContain("The dropped rows are in the history");
    expect(publishing.message).toContain("the earlier or this one");
    for (const { message } of [early, committed, publishing]) expect(message).toContain("No cause was given.");
  });

  it("says on AWS how to run again, for a redrive ends in the same Fail state", async () => {
    const error = { Error: "X", Cause: "y" };
    expect((await fail({ error })).message).not.toContain("redrive");
    const early = await fail({ error }, { host });
    expect(early.message).toMatch(/do not redrive: start a new execution with the same input, or drop the file again/);
    const committed = await fail({ error, configKey: "k.json", run: { runId: "r" } }, { host });
    const [, refresh] = /\(or with (\{.*\}), without the file\)/.exec(committed.message) ?? [];
    expect(JSON.parse(refresh as string)).toEqual({ configKey: "k.json", drop: { objects: [] } });
  });

  it("is never longer than SNS and the state can bear", async () => {
    const { message } = await fail({ error: { Error: "X", Cause: "y".repeat(300_000) } }, { host });
    expect(message.length).toBeLessThan(10_000);
  });
});
