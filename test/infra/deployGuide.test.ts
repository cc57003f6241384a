import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FUNCTION_NAMES, functionsOfStack, specOf } from "../../lib/infra/workflow/functionSpecs.ts";
import { settingsTable } from "./settingsTable.ts";

const guide = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");

describe("docs/deploy.md", () => {
  it("lists every setting with its default and meaning", () => {
    expect(guide).toContain(settingsTable());
  });

  it("knows every zone of the bucket in which a function writes or reads", () => {
    const zones = FUNCTION_NAMES.flatMap((name) => [...specOf(name).lake.reads, ...specOf(name).lake.writes]);
    const unknown = zones.map((zone) => `${zone.split("/")[0]}/`).filter((zone) => !guide.includes(`\`${zone}`));
    expect([...new Set(unknown)]).toEqual([]);
  });

  it.each(["workflow", "api"] as const)("counts the functions of the stack %s", (stack) => {
    const always = functionsOfStack(stack).filter((name) => specOf(name).logsModels !== true);
    expect(guide).toContain(`| ${always.length} Lambda functions |`);
  });
});
