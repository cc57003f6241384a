import type { Box } from "./box/box.ts";
import { bootstrap, deploy, synthesize } from "./box/deployment.ts";
import type { ScenarioGroup } from "./scenarios/groups.ts";
import { openCloudLake } from "./stage/cloudLake.ts";
import { judge, type Verdict } from "./stage/scenario.ts";
import { openTwin } from "./stage/twin.ts";

/** Deploys each group's stacks and runs its scenarios; a failed one does not stop those behind it. */
export async function runGroups(
  box: Box,
  groups: readonly ScenarioGroup[],
  say: (line: string) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const note = (verdict: Verdict): void => {
    verdicts.push(verdict);
    say(`${verdict.isGreen ? "green" : "RED  "} ${verdict.seconds} s  ${verdict.name}: ${verdict.seen.slice(0, 400)}`);
  };
  for (const group of groups) {
    const start = Date.now();
    const deployment = { name: `${group.name}: cdk deploy --all`, statements: 0 };
    const seconds = (): number => Math.round((Date.now() - start) / 1000);
    try {
      note({ ...deployment, ...(await runGroup(box, group, note, seconds)) });
    } catch (error) {
      note({ ...deployment, isGreen: false, seconds: seconds(), seen: String(error) });
    }
  }
  return verdicts;
}

async function runGroup(box: Box, group: ScenarioGroup, note: (verdict: Verdict) => void, seconds: () => number) {
  const settings = { environment: group.name, ...group.settings, ...(await group.prepare?.(box)) };
  const assembly = await synthesize(box, settings);
  await bootstrap(box, assembly);
  const { before } = group;
  if (before !== undefined) {
    const run = () => before.run(box, assembly, settings);
    note(await judge({ name: before.name, run }, box));
  }
  const deployment = await deploy(box, assembly, group.name);
  const deployed = { isGreen: true, seconds: seconds(), seen: `${Object.keys(deployment.outputs).length} stacks` };
  const cloud = openCloudLake(box, deployment);
  const twin = await openTwin(cloud, group.name);
  try {
    for (const scenario of group.scenarios) {
      const stage = { box, cloud, twin, assembly, settings };
      note(await judge({ name: scenario.name, run: () => scenario.run(stage) }, box));
    }
  } finally {
    await twin.close();
    cloud.close();
  }
  return deployed;
}
