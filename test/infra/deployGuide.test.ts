import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { functionsOfStack } from "../../lib/infra/functionSpecs.ts";
import { settingsTable } from "./settingsTable.ts";

const guide = readFileSync(new URL("../../docs/deploy.md", import.meta.url), "utf8");

describe("docs/deploy.md", () => {
  it("lists every setting with its default and meaning", () => {
    expect(guide).toContain(settingsTable());
  });

  it.each(["workflow", "api"] as const)("counts the functions of the stack %s", (stack) => {
    expect(guide).toContain(`| ${functionsOfStack(stack).length} Lambda functions |`);
  });
});
