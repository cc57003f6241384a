import { readdirSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { rfmHere } from "../../test/support/cli.ts";
import type { Part } from "./part.ts";
import { difference, openStage, viewOf } from "./stage.ts";

/** What may befall a file. */
const DAMAGES: readonly (readonly [string, (path: string, bytes: number) => void])[] = [
  ["removed", (path) => rmSync(path)],
  ["emptied", (path) => truncateSync(path, 0)],
  ["cut in half", (path, bytes) => truncateSync(path, Math.floor(bytes / 2))],
];

/** Questions whose answers are the same as long as they are given. */
const QUESTIONS: readonly (readonly string[])[] = [
  ["runs", "--json"],
  ["ingests"],
  ["query", "select count(*) as n, sum(amount) as m from transactions", "--format", "json"],
  ["query", "select * from current_segments order by customer_id", "--format", "csv"],
  ["export", "--format", "csv"],
];

/** Every file of the lake; the database's own, of which there are a thousand, are one. */
const filesOf = (lake: string): string[] =>
  readdirSync(lake, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(lake.length + 1))
    .filter((key) => !key.startsWith("postgres/") || key === "postgres/global/pg_control")
    .sort();

/** Each file of a lake removed, emptied and cut: an answer is the right one or none, and a repaired lake is the whole one. */
export const damages: Part = {
  name: "damaged lakes",
  tries: { quick: 12, full: 500 },
  async open(folder) {
    const stage = await openStage(folder);
    const lake = stage.copy();
    const whole = await viewOf(lake);
    const ask = (args: readonly string[]) => rfmHere([...args, "--lake", lake], { cwd: folder });
    const answers = new Map<string, string>();
    for (const question of QUESTIONS) answers.set(question.join(" "), (await ask(question)).stdout);
    const files = filesOf(lake);
    const all = files.flatMap((key) => DAMAGES.map(([name, damage]) => ({ key, name, damage })));
    return {
      async attempt(number) {
        // In an order that takes files of all kinds from the start.
        const one = all[(number * 97) % all.length];
        if (one === undefined || number >= all.length) return undefined;
        stage.copy();
        one.damage(join(lake, one.key), 1_000);
        for (const question of QUESTIONS) {
          const { code, stdout, stderr } = await ask(question);
          const told = `${one.key} ${one.name}, rfm ${question.join(" ")}`;
          if (/fault of rfm|Unexpected/.test(stderr)) return `${told}: told as a fault: ${stderr}`;
          if (code === 0 && stdout !== answers.get(question.join(" "))) return `${told}: another answer`;
        }
        const { code } = await ask(["doctor", "--repair"]);
        if (code !== 0) return undefined;
        const seen = await viewOf(lake).catch((error: Error) => error);
        if (seen instanceof Error) return `${one.key} ${one.name}: called whole, and does not open: ${seen.message}`;
        const differs = difference(seen, whole);
        return differs === undefined ? undefined : `${one.key} ${one.name}: called whole, with ${differs}`;
      },
    };
  },
};
