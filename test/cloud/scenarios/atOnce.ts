import type { Scenario } from "../stage/scenario.ts";
import { expectSucceeded } from "../stage/twin.ts";
import { shop } from "./drops.ts";

/** As `aws s3 cp --recursive` does: five objects within a second, each a drop of its own. */
export const fiveAtOnce: Scenario = {
  name: "five files copied at once",
  run: async ({ cloud, twin }) => {
    const files = [60, 61, 62, 63, 64].map((seed) => shop(`at-once-${seed}.csv`, seed, 300));
    const known = await cloud.executions();
    await Promise.all(files.map(({ name, text }) => cloud.put(`incoming/${name}`, text)));
    const executions = await cloud.newExecutions(known, files.length, 1800);
    for (const execution of executions) expectSucceeded(execution);
    // Whatever order they came in, the history is that of all five.
    const after = expectSucceeded(await cloud.start(JSON.stringify({ configKey: null, drop: { objects: [] } })));
    return `${executions.length} runs; afterwards ${await twin.expectSame(after, files)}`;
  },
};
