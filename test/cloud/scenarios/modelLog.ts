import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { readAliases } from "../../../lib/workflow/models/aliases.ts";
import { type MlflowServerProcess, mlflowTool, startMlflow } from "../../conformance/support/mlflow.ts";
import type { Box } from "../box/box.ts";
import type { Settings } from "../box/deployment.ts";
import type { Scenario } from "../stage/scenario.ts";
import { secondDrop } from "./drops.ts";
import { call } from "./ownResources.ts";

const NAME = "the-shop-s-model";
const SECRET = "shop/mlflow";
const SECONDS = 120;
let server: MlflowServerProcess | undefined;

/** A real MLflow server on this machine, and a secret that says under which name it knows the model. */
export async function mlflowServer(box: Box): Promise<Settings> {
  const tool = mlflowTool();
  if ("missing" in tool) throw new Error(tool.missing);
  const folder = join(box.folder, "mlflow");
  mkdirSync(folder);
  server = await startMlflow(tool.command, folder);
  call(box, "secretsmanager", "secretsmanager.CreateSecret", {
    Name: SECRET,
    SecretString: JSON.stringify({ MLFLOW_EXPERIMENT_NAME: NAME, MLFLOW_TRACKING_TOKEN: "t" }),
  });
  return { mlflowTrackingUri: server.uri, mlflowSecret: SECRET };
}

interface Registered {
  readonly registered_model?: { readonly aliases?: readonly { readonly alias: string; readonly version: string }[] };
  readonly model_version?: { readonly tags: readonly { readonly key: string; readonly value: string }[] };
}

export const loggedModel: Scenario = {
  name: "the published model is in MLflow's registry, as champion",
  run: async ({ cloud }) => {
    const { champion } = await readAliases(cloud.store);
    const ask = async (path: string): Promise<Registered> =>
      (await fetch(`${server?.uri}/api/2.0/mlflow/${path}`)).json() as Promise<Registered>;
    for (let second = 0; second < SECONDS; second++) {
      const { registered_model: model } = await ask(`registered-models/get?name=${NAME}`);
      const version = model?.aliases?.find(({ alias }) => alias === "champion")?.version;
      if (version !== undefined) {
        const found = await ask(`model-versions/get?name=${NAME}&version=${version}`);
        const logged = found.model_version?.tags.find(({ key }) => key === "rfm_model_version")?.value;
        if (logged !== champion) throw new Error(`the registry's champion is ${logged}, the lake's ${champion}`);
        return `version ${version} is ${champion}`;
      }
      await delay(1000);
    }
    throw new Error(`no champion in the registry within ${SECONDS} s`);
  },
};

export const serverDown: Scenario = {
  name: "the MLflow server is down: a run is published all the same",
  run: async (stage) => {
    await server?.stop();
    return secondDrop.run(stage);
  },
};
