import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { PROJECT_ROOT } from "../../../lib/infra/bundles/project.ts";
import { runLocally } from "../../../lib/local/run/runLocally.ts";
import { temporaryFolder } from "../../support/lake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";

const dockerfile = readFileSync(join(PROJECT_ROOT, "Dockerfile"), "utf8").replaceAll("\\\n", " ");
const instruction = (name: string): string[] =>
  [...dockerfile.matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, rest]) => rest as string);
const environment = Object.fromEntries(
  instruction("ENV").flatMap((text) => text.split(" ").map((pair) => pair.split("="))),
);
const folder = temporaryFolder();
const image = join(folder, "image");
const model = join(folder, "model");

/** A folder with what the image copies, and a lake with nothing but models. */
beforeAll(async () => {
  for (const line of instruction("COPY")) {
    const names = line.split(" ");
    const target = join(image, names.at(-1) as string);
    for (const name of names.slice(0, -1))
      cpSync(join(PROJECT_ROOT, name), names.length > 2 ? join(target, name) : target, { recursive: true });
  }
  symlinkSync(join(PROJECT_ROOT, "node_modules"), join(image, "node_modules"));
  const lakeDirectory = join(folder, "lake");
  const shop = writeText(join(folder, "shop.csv"), shopCsv({ seed: 1, customers: 120, lines: 500 }));
  await runLocally({ lakeDirectory, files: [shop], config: parseConfig({ clusters: { minK: 3, maxK: 4 } }) });
  mkdirSync(model);
  cpSync(join(lakeDirectory, "models"), join(model, "models"), { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the container, as far as it can be held without Docker", () => {
  it("is started by SageMaker's one argument and by none", () => {
    expect(instruction("ENTRYPOINT")).toEqual(['["node", "bin/rfm.ts"]']);
    expect(instruction("CMD")).toEqual(['["serve"]']);
    expect(environment).toEqual({ NODE_ENV: "production", RFM_LAKE: "/opt/ml/model", RFM_HOST: "0.0.0.0" });
  });

  it("pings and scores from a model alone, writes nothing beside it, and ends at SIGTERM", async () => {
    const server = spawn(process.execPath, ["bin/rfm.ts", "serve", "--port", "0"], {
      cwd: image,
      env: { PATH: "", ...environment, RFM_LAKE: model },
    });
    const errors: string[] = [];
    server.stderr.on("data", (chunk) => errors.push(String(chunk)));
    const [line] = (await once(server.stdout, "data")) as [Buffer];
    const port = /:(\d+) /.exec(String(line))?.[1];
    const url = `http://127.0.0.1:${port}`;
    const ping = await fetch(`${url}/ping`);
    expect([ping.status, ((await ping.json()) as { model_version: string }).model_version]).toEqual([
      200,
      expect.any(String),
    ]);
    const body = '{"recency":5,"frequency":12,"monetary":400}';
    const answer = await fetch(`${url}/invocations`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect(await answer.json()).toMatchObject({ cluster: expect.any(Number), input_data: JSON.parse(body) });
    server.kill("SIGTERM");
    expect(await once(server, "exit")).toEqual([0, null]);
    expect(errors.join("")).toBe("");
    expect(readdirSync(model)).toEqual(["models"]);
  });
});
