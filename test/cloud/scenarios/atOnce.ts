import type { Scenario } from "../stage/scenario.ts";
import { expectSucceeded, type ShopFile } from "../stage/twin.ts";
import { shop } from "./drops.ts";

/**
 * As `aws s3 cp --recursive` does: five objects within a second, each a drop of its own. Whose turn comes when is open;
 * the local engine takes them in the same order, for cluster ids are carried over from run to run.
 */
export const fiveAtOnce: Scenario = {
  name: "five files copied at once",
  run: async ({ cloud, twin }) => {
    const files = [60, 61, 62, 63, 64].map((seed) => shop(`at-once-${seed}.csv`, seed, 300));
    const known = await cloud.executions();
    await Promise.all(files.map(({ name, text }) => cloud.put(`incoming/${name}`, text)));
    const executions = await cloud.newExecutions(known, files.length);
    const inTurn = executions.map(expectSucceeded).sort((a, b) => a.endedAt - b.endedAt);
    const seen: string[] = [];
    for (const execution of inTurn) {
      const file = files.find(({ name }) => execution.input.includes(name)) as ShopFile;
      seen.push(`${file.name}: ${await twin.expectSame(execution, [file])}`);
    }
    return `${executions.length} runs, one after another; the last ${seen.at(-1)}`;
  },
};
