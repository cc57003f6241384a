import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FUNCTION_NAMES, specOf } from "../../lib/infra/functionSpecs.ts";

const folder = new URL("../../lambdas/", import.meta.url);
const machine = readFileSync(new URL("../../lib/workflow/segmentation.asl.json", import.meta.url), "utf8");

describe("the functions", () => {
  it("are one file each", () => {
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(FUNCTION_NAMES.map((name) => `${name}.ts`)));
  });

  it.each(FUNCTION_NAMES)("%s is adapters and one step", (name) => {
    const text = readFileSync(new URL(`${name}.ts`, folder), "utf8");
    expect(text.split("\n").length).toBeLessThanOrEqual(26);
    expect(text.match(/^export /gm)).toEqual(["export "]);
    expect(text).toContain("export const handler = stepHandler(");
  });

  it("serve every Task of the machine that calls a function", () => {
    const called = [...machine.matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, state]) => state);
    const served = FUNCTION_NAMES.flatMap((name) => specOf(name).state ?? []);
    expect(served.sort()).toEqual([...new Set(called)].sort());
  });
});
