import { setTimeout as delay } from "node:timers/promises";
import { readAliases } from "../../../lib/workflow/models/aliases.ts";
import { listModels, promoteModel, rollBackModel, setChallenger } from "../../../lib/workflow/models/modelRegistry.ts";
import type { Scenario, Stage } from "../stage/scenario.ts";
import { ask } from "./api.ts";

/** Longer than a container of the API holds to the aliases it has read. */
const NOTICED_MS = 5_500;

const championOf = (stage: Stage): string =>
  (JSON.parse(ask(stage, "GET", "/ping").text) as { model_version: string }).model_version;

export const promotion: Scenario = {
  name: "promotion, a challenger's share, roll-back, seen by the API",
  run: async (stage) => {
    const { store } = stage.cloud;
    const { champion } = await readAliases(store);
    const other = (await listModels(store)).find(({ modelVersion }) => modelVersion !== champion)?.modelVersion;
    if (other === undefined) throw new Error("there is only one model");
    await promoteModel(store, other, { expectedChampion: champion as string });
    await delay(NOTICED_MS);
    if (championOf(stage) !== other) throw new Error(`/ping says ${championOf(stage)}, not ${other}`);
    await rollBackModel(store);
    await setChallenger(store, { version: other, share: 0.3 });
    await delay(NOTICED_MS);
    const instances = Array.from({ length: 1000 }, (_, i) => ({
      ...{ customer_id: `c${i}`, recency: 10, frequency: 3, monetary: 90 },
    }));
    const answer = ask(stage, "POST", "/invocations", { body: JSON.stringify({ instances }) });
    const arms = answer.text.match(/"arm":"challenger"/g)?.length ?? 0;
    if (championOf(stage) !== champion || arms < 200 || arms > 400)
      throw new Error(`after the roll-back ${championOf(stage)}; ${arms} of 1,000 to the challenger`);
    await setChallenger(store, null);
    return `${other} and back to ${champion}; ${arms} of 1,000 customers to a challenger of 30 %`;
  },
};
