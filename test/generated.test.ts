import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { PAGE_SCRIPT } from "../lib/report/render.ts";
import { drawFlow, FLOW_FILE, mainPath, readFlowMachine } from "../scripts/flow.ts";
import { pageScript } from "../scripts/page.ts";
import { SCHEMAS_DIRECTORY, schemaFiles } from "../scripts/schemas.ts";

describe("docs/flow.svg", () => {
  const machine = readFlowMachine();
  const drawn = drawFlow(machine);

  it("is what `node scripts/flow.ts` draws of the state machine", () => {
    const isCurrent = readFileSync(FLOW_FILE, "utf8") === drawn;
    expect(isCurrent, "docs/flow.svg is out of date; draw it again: node scripts/flow.ts").toBe(true);
  });

  it("shows every state of the machine, nested ones too", () => {
    const names = [...JSON.stringify(machine).matchAll(/"([A-Za-z]+)":\{"Type":"/g)].map(([, name]) => name);
    expect(names.length).toBeGreaterThan(30);
    // A Map in a branch is shown by its own name alone, and one in a row by its first child.
    const hidden = new Set(["RunFeatureQuery", "RunMartQuery", "FitShard", "ProveTable"]);
    // A run that meets no fault and no other run repeats no statement and waits for nothing.
    const shown = names.filter((name) => !hidden.has(name as string) && !/^Repeat|^AwaitTurn$/.test(name ?? ""));
    for (const name of shown) expect(drawn).toContain(`>${name}</text>`);
  });

  it("follows the run in which everything happens", () => {
    const path = mainPath(machine);
    expect(path[0]).toBe(machine.StartAt);
    expect(path).toEqual(expect.arrayContaining(["CleanTransactions", "CommitIngest", "ScoreShards", "PublishRun"]));
    expect(path).not.toContain("RecordFailure");
  });

  it("changes with the machine", () => {
    const text = JSON.stringify(machine).replaceAll("LoadSegments", "StoreSegments");
    expect(drawFlow(JSON.parse(text))).not.toBe(drawn);
  });
});

describe("the dashboard's script", () => {
  it("is what `node scripts/page.ts` makes of its modules", async () => {
    const isCurrent = readFileSync(PAGE_SCRIPT, "utf8") === (await pageScript());
    expect(isCurrent, "lib/report/page/main.js is out of date; make it again: node scripts/page.ts").toBe(true);
  });
});

describe("schemas", () => {
  it.each(Object.entries(schemaFiles()))("%s is what `node scripts/schemas.ts` writes", (name, text) => {
    const isCurrent = readFileSync(new URL(name, SCHEMAS_DIRECTORY), "utf8") === text;
    expect(isCurrent, `schemas/${name} is out of date; write it again: node scripts/schemas.ts`).toBe(true);
  });
});
