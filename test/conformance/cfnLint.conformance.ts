import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { appWith } from "../infra/support.ts";
import { pythonTool } from "./support/python.ts";

/** CDK names the role in DependsOn beside the reference to it, so that policies come before functions; that is no fault. */
const IGNORED_RULES = ["W3005"];

const tool = pythonTool("cfn-lint");
if ("missing" in tool) console.warn(`Skipped: ${tool.missing}`);

describe.skipIf("missing" in tool)("cfn-lint", () => {
  it.each([
    ["the defaults", {}],
    ["no database and no API", { segmentDatabase: "none", api: "off" }],
    [
      "everything set",
      {
        ...{
          removalPolicy: "destroy",
          refreshSchedule: "rate(1 day)",
          alarmEmail: "ops@example.com",
          environment: "it-2",
          stream: "on",
        },
        ...{
          apiAuth: "key",
          apiWaf: "on",
          apiProvisionedConcurrency: 2,
          apiCorsOrigins: "https://a.example,https://b.example",
        },
      },
    ],
    [
      "an existing bucket and key",
      {
        lakeBucket: "my-lake",
        kmsKeyArn: "arn:aws:kms:eu-west-1:123456789012:key/12345678-1234-1234-1234-123456789012",
      },
    ],
  ])("finds nothing with %s", (_name, settings) => {
    const { app } = appWith(settings);
    app.synth();
    const templates = readdirSync(app.outdir).filter((file) => file.endsWith(".template.json"));
    expect(templates).toHaveLength("api" in settings && settings.api === "off" ? 2 : 3);
    const lint = spawnSync(
      (tool as { command: string }).command,
      [
        "--ignore-checks",
        ...IGNORED_RULES,
        "--regions",
        "us-east-1",
        "eu-west-1",
        "--",
        ...templates.map((file) => join(app.outdir, file)),
      ],
      { encoding: "utf8" },
    );
    expect(lint.stdout + lint.stderr).toBe("");
    expect(lint.status).toBe(0);
  });
});
