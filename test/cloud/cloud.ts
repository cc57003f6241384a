#!/usr/bin/env node
import Table from "cli-table3";
import { Command } from "commander";
import { startBox, writeExports } from "./box/box.ts";
import { installParts } from "./box/parts.ts";
import { NOT_JUDGED } from "./notJudged.ts";
import { runGroups } from "./runGroups.ts";
import { GROUPS } from "./scenarios/groups.ts";
import type { Verdict } from "./stage/scenario.ts";

/** `npm run cloud`: the deployed system on this machine, and what is seen when it is used. docs/cloud-box.md. */
const say = (line: string): void => void process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);

const options = new Command("cloud")
  .option("--keep", "leave the box running when the scenarios have ended")
  .option(
    "--only <groups>",
    `groups of scenarios in the order of their run, by comma: ${GROUPS.map(({ name }) => name).join(", ")}`,
  )
  .option("--scenarios <pattern>", "only scenarios where this regular expression finds something in GROUP/NAME")
  .parse()
  .opts<{ keep?: boolean; only?: string; scenarios?: string }>();

const parts = installParts(say);
if ("missing" in parts) {
  say(`Skipped: ${parts.missing}.`);
  process.exit(0);
}
const box = await startBox(parts, say);
const end = async (status: number): Promise<never> => {
  await box.stop();
  process.exit(status);
};
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void end(1));

const wanted = options.only?.split(",");
const pattern = new RegExp(options.scenarios ?? "");
const chosen = wanted?.flatMap((name) => GROUPS.filter((group) => group.name === name)) ?? GROUPS;
const groups = chosen.map((group) => ({
  ...group,
  scenarios: group.scenarios.filter(({ name }) => pattern.test(`${group.name}/${name}`)),
}));
const verdicts = await runGroups(box, groups, say);
process.stdout.write(`${tableOf(verdicts)}\n\nNot judged here:\n${NOT_JUDGED.map((line) => `- ${line}\n`).join("")}`);
if (options.keep === true) say(`The box stays up until Ctrl-C. For a shell: . ${writeExports(box)}`);
else await end(verdicts.every(({ isGreen }) => isGreen) ? 0 : 1);

function tableOf(verdicts: readonly Verdict[]): string {
  const table = new Table({
    head: ["scenario", "verdict", "seconds", "statements", "seen"],
    style: { head: [], border: [] },
  });
  for (const { name, isGreen, seconds, statements, seen } of verdicts)
    table.push([
      name,
      isGreen ? "green" : "RED",
      seconds,
      statements,
      (seen.match(/.{1,70}/g) ?? []).slice(0, 4).join("\n"),
    ]);
  return table.toString();
}
