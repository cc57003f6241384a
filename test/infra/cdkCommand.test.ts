import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { cdkArguments, mentionsCredentials } from "../../lib/infra/deploy/cdkCommand.ts";
import { CdkMissingError, findCdkTool } from "../../lib/infra/deploy/cdkTool.ts";
import { temporaryFolder } from "../support/lake.ts";

const request = { app: ["node", "app.mjs"], settings: {}, output: "cdk.out", more: [] };
const HERE = fileURLToPath(import.meta.url);

describe("the arguments of the CDK", () => {
  it("mean all stacks, our settings, and what else is asked for", () => {
    const settings = { environment: "shop", stream: "on" } as const;
    const args = cdkArguments({ ...request, action: "deploy", settings, more: ["--profile", "shop"] }, "linux");
    expect(args.join(" ")).toBe(
      "deploy --all --no-notices --no-version-reporting --app 'node' 'app.mjs'  --output cdk.out -c environment=shop -c stream=on --profile shop",
    );
  });

  it("keep the app's path through a shell, whatever is in it", () => {
    const words = fc.array(
      fc.string({ unit: "binary", minLength: 1 }).filter((text) => !text.includes("\0")),
      {
        minLength: 30,
        maxLength: 100,
      },
    );
    fc.assert(
      fc.property(words, (app) => {
        const args = cdkArguments({ ...request, action: "synth", app }, "linux");
        const command = args[args.indexOf("--app") + 1] as string;
        const said = execFileSync("sh", ["-c", `printf '%s\\0' ${command}`], { encoding: "utf8" });
        expect(said.split("\0").slice(0, -1)).toEqual(app);
      }),
      { numRuns: 3 },
    );
  });
});

describe("the CDK's command line", () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  /** A package by its name and one file. */
  const put = (place: string, name: string, file = "package.json"): void => {
    const directory = join(folder, place, "node_modules", name);
    mkdirSync(join(directory, "bin"), { recursive: true });
    for (const each of ["package.json", file]) writeFileSync(join(directory, each), "{}");
  };
  const app = join(folder, "shop/node_modules/rfm-segmentation/cdk/app.mjs");
  const work = join(folder, "work");

  it("is the one beside the app, else that of the folder, else that of the path", () => {
    for (const name of ["aws-cdk-lib", "constructs"]) put("shop", name);
    const onPath = join(folder, "tools");
    mkdirSync(onPath);
    writeFileSync(join(onPath, "cdk"), "");
    expect(() => findCdkTool(app, work, onPath)).toThrow(CdkMissingError);
    chmodSync(join(onPath, "cdk"), 0o755);
    expect(findCdkTool(app, work, onPath)).toEqual({ command: join(onPath, "cdk"), before: [] });
    for (const place of ["work", "shop"]) {
      put(place, "aws-cdk", "bin/cdk");
      expect(findCdkTool(app, work, onPath)).toEqual({
        command: process.execPath,
        before: [join(folder, place, "node_modules/aws-cdk/bin/cdk")],
      });
    }
  });

  it("is asked for with all that is missing beside it", () => {
    const alone = join(folder, "alone/app.mjs");
    expect(() => findCdkTool(alone, folder, "")).toThrow(/aws-cdk, aws-cdk-lib and constructs are not installed/);
    put("alone", "constructs");
    put("alone", "aws-cdk", "bin/cdk");
    expect(() => findCdkTool(alone, folder, "")).toThrow(/aws-cdk-lib is not installed/);
  });

  it("is the project's own in the project", () =>
    expect(findCdkTool(HERE, folder, "").before[0]).toMatch(/node_modules.aws-cdk.bin.cdk$/));
});

it("credentials are those of the environment or of AWS's files", () => {
  const nothing = (): boolean => false;
  expect(mentionsCredentials({ HOME: "/home/x" }, nothing)).toBe(false);
  expect(mentionsCredentials({ AWS_PROFILE: "" }, nothing)).toBe(false);
  expect(mentionsCredentials({ AWS_PROFILE: "shop" }, nothing)).toBe(true);
  expect(mentionsCredentials({ HOME: "/home/x" }, (path) => path === "/home/x/.aws/config")).toBe(true);
  expect(mentionsCredentials({ AWS_CONFIG_FILE: "/c" }, (path) => path === "/c")).toBe(true);
});
