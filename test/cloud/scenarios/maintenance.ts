import { PROJECT } from "../box/box.ts";
import { runProgram } from "../box/deployment.ts";
import type { Scenario, Stage } from "../stage/scenario.ts";
import { expectSucceeded } from "../stage/twin.ts";

/** `bin/maintain.ts` as a person with an account runs it. @returns what it printed. */
function maintain({ box, cloud }: Stage, ...args: string[]): Promise<string> {
  const program = ["--liftoff-only", "bin/maintain.ts", ...args, "--environment", cloud.deployment.environment];
  return runProgram(box, process.execPath, program, PROJECT);
}

function forget(stage: Stage, ...args: string[]): Promise<string> {
  const { bucket, outputs, environment } = stage.cloud.deployment;
  const lake = outputs[`Rfm-${environment}-Lake`] ?? {};
  const { DatabaseCluster: cluster, DatabaseSecret: secret } = lake;
  const database =
    cluster === undefined ? ["--no-database"] : ["--database-cluster", cluster, "--database-secret", secret ?? ""];
  return maintain(stage, "forget", "--bucket", bucket, ...database, "--yes", ...args);
}

/** An erasure is part of a run's identity, by a digest with the lake's own salt: no two lakes give it the same id. */
const AFTER_ERASURE = ["run_id", "model_version"];

/** The history segmented again after a change that both sides made. */
async function refreshed({ cloud, twin }: Stage, ignored?: readonly string[]): Promise<string> {
  const after = expectSucceeded(await cloud.start(JSON.stringify({ configKey: null, drop: { objects: [] } })));
  return twin.expectSameHistory(after, ignored === undefined ? {} : { ignored });
}

export const forgottenSource: Scenario = {
  name: "maintain forget --source, then a refresh",
  run: async (stage) => {
    const said = await forget(stage, "--source", "second.csv");
    await stage.twin.command("forget", "second.csv", "--yes");
    return `${said.trim().slice(0, 60)}; ${await refreshed(stage)}`;
  },
};

export const forgottenCustomer: Scenario = {
  name: "maintain forget --customer, then a refresh",
  run: async (stage) => {
    const [{ customer_id: id } = {}] = stage.twin.segments();
    if (id === undefined) throw new Error("the local engine has no customer");
    const said = await forget(stage, "--customer", id);
    await stage.twin.command("forget", "--customer", id, "--yes");
    const seen = await refreshed(stage, AFTER_ERASURE);
    if (stage.twin.segments().some(({ customer_id }) => customer_id === id)) throw new Error(`${id} is still there`);
    return `${said.trim().split("\n")[0]?.slice(0, 90)}; ${seen}`;
  },
};

export const tidied: Scenario = {
  name: "maintain: OPTIMIZE and VACUUM change no result",
  run: async (stage) => {
    const said = await maintain(stage);
    return `${said.trim().split("\n").length} statements; ${await refreshed(stage, AFTER_ERASURE)}`;
  },
};
