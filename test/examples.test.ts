import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";

/**
 * Runs the examples in the comments of lib/: what stands under `@example` in a block of `ts`. The exports of the file are there by
 * name, others by an import. `expression; // → value` claims that the expression gives the value.
 */
const LIB = fileURLToPath(new URL("../lib/", import.meta.url));
/** Faces of rooms, which newcomers meet first. */
const FACES = [
  "cost/cost.ts",
  "domain/audience/audience.ts",
  "domain/clustering/assign/nearest.ts",
  "domain/clustering/fit/selectFit.ts",
  "domain/clustering/sketch/gridRows.ts",
  "domain/clustering/space/encode.ts",
  "domain/customerId.ts",
  "domain/model/drift.ts",
  "domain/quality/statuses.ts",
  "domain/rfm/scoreFeatures.ts",
  "domain/rfm/scoring.ts",
  "domain/rfm/segments.ts",
  "domain/text/csv.ts",
  "tables/rows.ts",
  "workflow/sql/render.ts",
];

const BLOCK = /^ *\* @example\n *\* ```ts\n([\s\S]*?)^ *\* ```$/gm;
const examplesIn = (path: string): string[] =>
  [...readFileSync(`${LIB}${path}`, "utf8").matchAll(BLOCK)].map(([, code]) =>
    (code as string).replace(/^ *\* ?/gm, ""),
  );

const all = readdirSync(LIB, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path: path.replaceAll("\\", "/"), examples: examplesIn(path) }))
  .filter(({ examples }) => examples.length > 0);

/** JavaScript of an example whose claims are assertions. */
const runnable = (code: string): string =>
  code
    .replace(/^import (\{[^}]*\}) from "(\.[^"]+)";$/gm, 'const $1 = await load("$2");')
    .replace(/^(.*); \/\/ → (.*)$/gm, "claims.push([$1, $2]);");

const AsyncFunction = (async () => undefined).constructor as new (
  ...args: string[]
) => (...values: unknown[]) => Promise<void>;

async function run(path: string, code: string): Promise<[unknown, unknown][]> {
  const address = pathToFileURL(`${LIB}${path}`);
  const load = (specifier: string): Promise<Record<string, unknown>> => import(new URL(specifier, address).href);
  const exported = await load(address.href);
  const claims: [unknown, unknown][] = [];
  await new AsyncFunction("load", "claims", ...Object.keys(exported), runnable(code))(
    load,
    claims,
    ...Object.values(exported),
  );
  return claims;
}

describe("examples in comments", () => {
  it("stand at the face of each room", () => {
    const withExamples = all.map(({ path }) => path);
    expect(FACES.filter((path) => !withExamples.includes(path))).toEqual([]);
  });

  it.each(all)("hold in $path", async ({ path, examples }) => {
    for (const code of examples) {
      const claims = await run(path, code);
      expect(claims.length, code).toBeGreaterThan(0);
      for (const [found, claimed] of claims) assert.deepEqual(found, claimed);
    }
  });
});
