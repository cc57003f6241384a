import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { PROJECT_ROOT } from "../../../lib/infra/bundles/project.ts";
import { runLocally } from "../../../lib/local/run/runLocally.ts";
import { buildPackage } from "../../../scripts/build.ts";
import { freePort } from "../../support/freePort.ts";
import { temporaryFolder } from "../../support/lake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";
import {
  buildImage,
  cannotBuild,
  entering,
  environmentOf,
  instructionsOf,
  readStages,
  type Stage,
} from "./imageBuild.ts";

const stages = readStages(join(PROJECT_ROOT, "Dockerfile"));
const last = stages.at(-1) as Stage;
const missing = cannotBuild();
if (missing !== undefined) console.warn(`The container is not built: ${missing}`);

it("the container is started by SageMaker's one argument and by none, and not as root", () => {
  expect(stages).toHaveLength(2);
  expect(instructionsOf(last, "USER")).toEqual(["node"]);
  expect(instructionsOf(last, "CMD")).toEqual(['["serve"]']);
  expect(environmentOf(last)).toEqual({ NODE_ENV: "production", RFM_LAKE: "/opt/ml/model", RFM_HOST: "0.0.0.0" });
});

/** There is no Docker: the Dockerfile's own instructions are carried out in folders, and the server started in the last. */
describe.skipIf(missing !== undefined)("the container", () => {
  const folder = temporaryFolder();
  let root: string;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    const built = join(folder, "built");
    await buildPackage(built);
    const context = join(folder, "context");
    mkdirSync(context);
    await promisify(execFile)("npm", ["pack", built], { cwd: context, timeout: 60_000 });
    root = await buildImage({ stages, context, folder: join(folder, "image") });
    const lakeDirectory = join(folder, "lake");
    const shop = writeText(join(folder, "shop.csv"), shopCsv({ seed: 1, customers: 120, lines: 500 }));
    await runLocally({ lakeDirectory, files: [shop], config: parseConfig({ clusters: { minK: 3, maxK: 4 } }) });
    cpSync(join(lakeDirectory, "models"), join(root, "opt/ml/model/models"), { recursive: true });
  });
  afterAll(() => {
    server?.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  it("holds the installed package and none of the project, and nothing that its user may change", () => {
    const opt = join(root, "opt/rfm");
    expect(readdirSync(opt).filter((name) => name !== "package.json")).toEqual(["node_modules"]);
    expect(existsSync(join(opt, "node_modules/rfm-segmentation/js/rfm.js"))).toBe(true);
    expect(statSync(join(opt, "node_modules")).uid).toBe(0);
  });

  it("pings and scores from a model alone as its own user, writes nothing beside it, and ends at SIGTERM", async () => {
    const port = await freePort();
    const [entrypoint = "[]"] = instructionsOf(last, "ENTRYPOINT");
    const command = [...JSON.parse(entrypoint), "serve", "--port", String(port)] as string[];
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin", HOME: "/home/node", ...environmentOf(last) };
    server = spawn("unshare", entering(root, command, { user: "node" }), { env, stdio: ["ignore", "pipe", "pipe"] });
    const said: string[] = [];
    const errors: string[] = [];
    server.stderr?.on("data", (chunk) => errors.push(String(chunk)));
    server.stdout?.on("data", (chunk) => said.push(String(chunk)));
    const signal = AbortSignal.timeout(120_000);
    while (!said.join("").includes(`:${port}`)) {
      if (server.exitCode !== null || signal.aborted) throw new Error(`It does not start: ${errors.join("")}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const url = `http://127.0.0.1:${port}`;
    const ping = await fetch(`${url}/ping`, { signal });
    expect(ping.status).toBe(200);
    expect(await ping.json()).toMatchObject({ model_version: expect.any(String) });
    const body = '{"recency":5,"frequency":12,"monetary":400}';
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/invocations`, { method: "POST", body, headers, signal });
    expect(await answer.json()).toMatchObject({ cluster: expect.any(Number), input_data: JSON.parse(body) });
    expect(readdirSync(join(root, "opt/ml/model"))).toEqual(["models"]);
    expect(errors.join("")).toBe("");
    const [inner] = readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8").split(" ");
    process.kill(Number(inner), "SIGTERM");
    expect(await once(server, "exit", { signal })).toEqual([0, null]);
  });
});
