import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FUNCTION_NAMES, functionsOfStack, specOf } from "../../lib/infra/workflow/functionSpecs.ts";

const folder = new URL("../../lambdas/", import.meta.url);
const machineOf = { workflow: "segmentation", api: "batch-scoring" } as const;
const textOf = (stack: keyof typeof machineOf): string =>
  readFileSync(new URL(`../../lib/workflow/${machineOf[stack]}.asl.json`, import.meta.url), "utf8");

describe("the functions", () => {
  it("are one file each", () => {
    expect(readdirSync(folder)).toEqual(expect.arrayContaining(FUNCTION_NAMES.map((name) => `${name}.ts`)));
  });

  it.each(FUNCTION_NAMES)("%s is adapters and one step", (name) => {
    const text = readFileSync(new URL(`${name}.ts`, folder), "utf8");
    expect(text.split("\n").length).toBeLessThanOrEqual(26);
    expect(text.match(/^export /gm)).toEqual(["export "]);
    expect(text).toContain(`export const handler = ${name === "api" ? "handle(createApi(" : "stepHandler("}`);
  });

  it.each(["workflow", "api"] as const)("serve every Task of the %s's machine that calls a function", (stack) => {
    const called = [...textOf(stack).matchAll(/\$\{(\w+)FunctionArn\}/g)].map(([, state]) => state);
    const served = functionsOfStack(stack).flatMap((name) => specOf(name).state ?? []);
    expect(served.sort()).toEqual([...new Set(called)].sort());
  });
});
