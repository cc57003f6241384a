import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../box/box.ts";
import { deploy, destroy, synthesize } from "../box/deployment.ts";
import { openCloudLake } from "../stage/cloudLake.ts";
import type { Precedent, Scenario, Stage } from "../stage/scenario.ts";
import { signedRequest } from "../stage/signedRequest.ts";
import { expectSucceeded } from "../stage/twin.ts";
import { shop } from "./drops.ts";

/** Kinds of which an account may be able to make no more: one of the lake's stack, one of the workflow's. */
const LIMITED = ["AWS::EC2::FlowLog", "AWS::StepFunctions::StateMachine"] as const;

/** A first deployment that fails twice, in one stack after the other, is simply repeated. */
export const failedFirst: Precedent = {
  name: "the first deployment fails, in the first stack and then in the second",
  run: async (box, assembly, { environment = "prod" }) => {
    for (const failedResource of LIMITED) {
      box.control.order({ failedResource });
      const failure = await deploy(box, assembly, environment).then(
        () => undefined,
        (error: unknown) => String(error),
      );
      if (failure === undefined) throw new Error(`it was deployed without ${failedResource}`);
      if (!failure.includes(failedResource)) throw new Error(`it failed otherwise: ${failure.slice(-600)}`);
    }
    return `without ${LIMITED.join(" and without ")}`;
  },
};

const git = (...args: string[]): string => {
  const { status, stdout, stderr } = spawnSync("git", ["-C", PROJECT, ...args], { encoding: "utf8" });
  if (status !== 0) throw new Error(`git ${args.join(" ")}: ${stderr}`);
  return stdout.trim();
};

/** What decides the templates, and what runs there. */
const DEPLOYED = ["lib/infra", "lib/workflow", "sql/athena", "lambdas"];

/**
 * The release before: RFM_RELEASE_BEFORE, or the newest commit whose deployment is another one than this. It gets the
 * first drop.
 */
export const olderRelease: Precedent = {
  name: "a deployment of the release before, and its first drop",
  run: async (box, _assembly, settings) => {
    const before = process.env.RFM_RELEASE_BEFORE ?? `${git("log", "-1", "--format=%H", "HEAD", "--", ...DEPLOYED)}^`;
    const commit = git("rev-parse", before);
    const checkout = mkdtempSync(join(tmpdir(), "rfm-release-"));
    git("worktree", "add", "--detach", "--force", checkout, commit);
    try {
      symlinkSync(join(PROJECT, "node_modules"), join(checkout, "node_modules"));
      const deployment = await deploy(box, await synthesize(box, settings, checkout), settings.environment);
      const cloud = openCloudLake(box, deployment);
      const { name, text } = shop("first.csv", 1);
      expectSucceeded(await cloud.drop(`incoming/${name}`, text));
      cloud.close();
      return commit.slice(0, 7);
    } finally {
      git("worktree", "remove", "--force", checkout);
      rmSync(checkout, { recursive: true, force: true });
    }
  },
};

/** Run ids may change with a release; nothing else does. */
export const dropAfterUpdate: Scenario = {
  name: "after the update: the second drop, over the history of the release before",
  run: async ({ cloud, twin }) => {
    await twin.follow(shop("first.csv", 1));
    const file = shop("second.csv", 2);
    const execution = expectSucceeded(await cloud.drop(`incoming/${file.name}`, file.text));
    return twin.expectSame(execution, [file], { ignored: ["run_id", "model_version"] });
  },
};

/** Names of what CloudFormation has of this deployment. */
function stacksOf({ box, cloud }: Stage): string[] {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = "Action=DescribeStacks&Version=2010-05-15";
  const { status, text } = signedRequest(box, { service: "cloudformation", path: "/", method: "POST", headers, body });
  if (status !== 200) throw new Error(`DescribeStacks answered ${status}: ${text.slice(0, 300)}`);
  const names = [...text.matchAll(/<StackName>([^<]+)</g)].map(([, name]) => name as string);
  return names.filter((name) => name.startsWith(`Rfm-${cloud.deployment.environment}-`));
}

/** `cdk destroy` of a deployment that keeps its data, or of one that does not. */
export const destruction = (removalPolicy: "retain" | "destroy"): Scenario => ({
  name: `cdk destroy with removalPolicy=${removalPolicy}`,
  run: async (stage) => {
    const { box, cloud, assembly } = stage;
    const before = (await cloud.store.list("")).length;
    await destroy(box, assembly);
    const left = stacksOf(stage);
    if (left.length > 0) throw new Error(`these stacks are still there: ${left.join(", ")}`);
    const after = await cloud.store.list("").then(
      (objects) => `${objects.length} of ${before} objects`,
      (error: Error) => error.name,
    );
    const expected = removalPolicy === "retain" ? `${before} of ${before} objects` : "NoSuchBucket";
    if (after !== expected) throw new Error(`in the bucket: ${after}`);
    return after;
  },
});
