import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OPENAPI_FILE } from "../../../scripts/openapi.ts";
import { type ServedLake, serveLake } from "../../api/support.ts";

/** The command, from `SCHEMATHESIS` or the path; `pip install schemathesis` makes it. */
const COMMAND = process.env.SCHEMATHESIS ?? "schemathesis";
const isThere = spawnSync(COMMAND, ["--version"]).status === 0;

/**
 * That what the document allows is accepted is no rule here: a made-up cursor, a text that is no CSV or a customer without a purchase fits the
 * schema and is refused all the same, with a documented 4xx.
 */
const EXCLUDED = "positive_data_acceptance";

describe.skipIf(!isThere)("schemathesis (skipped without it: pip install schemathesis, or set SCHEMATHESIS)", () => {
  let lake: ServedLake;
  beforeAll(async () => {
    lake = await serveLake();
    await lake.run([lake.shop("orders.csv", 1)]);
    await lake.store.write("scoring/input/customers.csv", "customer_id,recency,frequency,monetary\na,5,12,400\n");
  });
  afterAll(() => lake?.close());

  it("finds no 5xx and no undocumented answer", async () => {
    const args = ["run", fileURLToPath(OPENAPI_FILE), "--url", lake.url, "--seed", "1", "--no-color"];
    const choice = ["--checks", "all", "--exclude-checks", EXCLUDED, "--max-examples", "50"];
    const { code, output } = await run([...args, ...choice, "--phases", "examples,coverage,fuzzing"]);
    expect(code, output.slice(-6_000)).toBe(0);
    expect(output).toContain("Tested: 12");
  });
});

function run(args: readonly string[]): Promise<{ code: number; output: string }> {
  const hooks = fileURLToPath(new URL("./json_lines.py", import.meta.url));
  const options = {
    cwd: mkdtempSync(join(tmpdir(), "rfm-schemathesis-")),
    env: { ...process.env, SCHEMATHESIS_HOOKS: hooks },
    maxBuffer: 64 * 1024 * 1024,
  };
  return new Promise((done) => {
    execFile(COMMAND, [...args], options, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code ?? 1), output: `${stdout}${stderr}` });
    });
  });
}
