import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join, resolve } from "node:path";
import { Command, Option } from "commander";
import { SegmentationError } from "../../lib/domain/errors.ts";
import { PROJECT_ROOT } from "../../lib/infra/bundles/project.ts";
import { type CdkAction, cdkArguments, mentionsCredentials } from "../../lib/infra/deploy/cdkCommand.ts";
import { findCdkTool } from "../../lib/infra/deploy/cdkTool.ts";
import { parseSettings, type SettingName, type Settings, settingsSchema } from "../../lib/infra/settings.ts";

/** The CDK failed where nothing names credentials. */
export class CredentialsError extends SegmentationError {
  constructor() {
    super(
      "AWS_CREDENTIALS",
      "The CDK could not do it, and nothing here names credentials of an AWS account: set AWS_PROFILE to a profile of ~/.aws/config (aws configure sso makes one), or AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_REGION. Templates alone need none: rfm deploy --synth-only.",
    );
  }
}

type SettingFlags = Readonly<Record<SettingName, string | undefined>>;
type Flags = SettingFlags & {
  readonly output: string;
  readonly synthOnly?: boolean;
  readonly diff?: boolean;
  readonly bootstrap?: boolean;
  readonly destroy?: boolean;
};

/** `rfm deploy`: the deployment on AWS, for those who have no CDK app of their own. */
export function deployCommand(): Command {
  const command = new Command("deploy")
    .description(
      "deploy the segmentation to AWS, or update it: three stacks, by the AWS CDK (npm install aws-cdk aws-cdk-lib constructs). An account needs --bootstrap once in each region.",
    )
    .argument("[cdk...]", "what the CDK is told beside, after --: -- --profile shop --require-approval never");
  for (const option of actionOptions()) command.addOption(option);
  command.option("--output <dir>", "folder of the templates", "cdk.out");
  for (const option of settingOptions()) command.addOption(option);
  return command.action(deploy);
}

const ACTION_FLAGS = { synthOnly: "synth", diff: "diff", bootstrap: "bootstrap", destroy: "destroy" } as const;

function actionOptions(): Option[] {
  const options = [
    new Option("--synth-only", "write the templates; needs no account"),
    new Option("--diff", "show what a deployment would change"),
    new Option("--bootstrap", "prepare the account's region for the CDK"),
    new Option("--destroy", "delete the stacks; bucket, key and database stay unless --removal-policy destroy"),
  ];
  const names = Object.keys(ACTION_FLAGS);
  return options.map((option) => option.conflicts(names.filter((name) => name !== option.attributeName())));
}

/** Each setting of the deployment, as an option with its default in words. */
function settingOptions(): Option[] {
  const defaults = settingsSchema.parse({});
  return Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const value = defaults[name as SettingName];
    const means = schema.description ?? "";
    return new Option(`--${flag} <value>`, value === undefined ? means : `${means} (default: ${value})`);
  });
}

/** @throws SettingsError, CdkMissingError, CredentialsError */
async function deploy(more: readonly string[], flags: Flags): Promise<void> {
  const names = Object.keys(settingsSchema.shape) as SettingName[];
  const given = names.flatMap((name) => (flags[name] === undefined ? [] : [[name, flags[name]] as const]));
  const settings = Object.fromEntries(given) as Partial<Settings>;
  parseSettings(settings, "The settings of the deployment");
  const [, action = "deploy"] = Object.entries(ACTION_FLAGS).find(([name]) => flags[name as keyof Flags]) ?? [];
  const app = appFile();
  const tool = findCdkTool(app, process.cwd());
  const output = resolve(flags.output);
  const cdk = cdkArguments({ action: action as CdkAction, app: [process.execPath, app], settings, output, more });
  const child = spawn(tool.command, [...tool.before, ...cdk], { stdio: "inherit" });
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (code === 0 && action === "synth") process.stdout.write(`The templates are in ${output}.\n`);
  if (code === 0) return;
  if (action !== "synth" && code !== null && !mentionsCredentials(process.env, existsSync))
    throw new CredentialsError();
  // The CDK has said why.
  process.exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}

/** The CDK app: packed, or that of the project. */
function appFile(): string {
  const packed = join(PROJECT_ROOT, "cdk", "app.mjs");
  return existsSync(packed) ? packed : join(PROJECT_ROOT, "bin", "segmentation.ts");
}
