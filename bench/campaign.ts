import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPackage } from "../scripts/build.ts";
import { BUILT_PROGRAM } from "../test/support/cli.ts";
import { clocks } from "./campaign/clocks.ts";
import { damages } from "./campaign/damages.ts";
import { fullDisks, kills } from "./campaign/disturb.ts";
import type { Part } from "./campaign/part.ts";
import { hostileFiles, mutations } from "./campaign/reading.ts";
import { requests } from "./campaign/requests.ts";

/*
 * Everything that is known to break such a program, over and over, against judges that compare with an undisturbed twin. Prints tries and
 * failures; docs/reliability.md has the figures of the last one. `npm run bench -- campaign [--full] [--only PART …] [--minutes N]
 * [--state FILE]`: what a state file says was tried is not tried again.
 */
const PARTS: readonly Part[] = [kills, fullDisks, damages, clocks, requests, mutations, hostileFiles];

const { values: flags } = parseArgs({
  options: {
    full: { type: "boolean", default: false },
    only: { type: "string", multiple: true },
    minutes: { type: "string" },
    state: { type: "string" },
  },
});

interface Score {
  tries: number;
  seconds: number;
  failures: { number: number; told: string }[];
}

const state: Record<string, Score> =
  flags.state !== undefined && existsSync(flags.state) ? JSON.parse(readFileSync(flags.state, "utf8")) : {};
const end = flags.minutes === undefined ? Number.POSITIVE_INFINITY : performance.now() + 60_000 * Number(flags.minutes);

async function run(part: Part): Promise<void> {
  const score = state[part.name] ?? { tries: 0, seconds: 0, failures: [] };
  state[part.name] = score;
  const enough = flags.full ? part.tries.full : part.tries.quick;
  if (score.tries >= enough || performance.now() > end) return;
  const folder = mkdtempSync(join(tmpdir(), "rfm-campaign-"));
  const trial = await part.open(folder);
  try {
    while (score.tries < enough && performance.now() < end) {
      const start = performance.now();
      const told = await trial.attempt(score.tries).catch((error: Error) => `The campaign itself: ${error.stack}`);
      if (told !== undefined) {
        score.failures.push({ number: score.tries, told });
        process.stderr.write(`${part.name} ${score.tries}: ${told}\n`);
      }
      score.tries += part.batch ?? 1;
      score.seconds += (performance.now() - start) / 1_000;
      if (flags.state !== undefined) writeFileSync(flags.state, `${JSON.stringify(state, null, 2)}\n`);
    }
  } finally {
    await trial.close?.();
    rmSync(folder, { recursive: true, force: true });
  }
}

// What is disturbed is what users have.
const dist = fileURLToPath(new URL("../dist", import.meta.url));
await buildPackage(dist);
process.env[BUILT_PROGRAM] = join(dist, "js/rfm.js");
for (const part of PARTS) if (flags.only === undefined || flags.only.includes(part.name)) await run(part);
const rows = PARTS.map(({ name, tries }) => {
  const { tries: made, seconds, failures } = state[name] ?? { tries: 0, seconds: 0, failures: [] };
  return `| ${name} | ${made} of ${tries.full} | ${failures.length} | ${Math.round(seconds)} |\n`;
});
process.stdout.write(`| what | tries | failures | seconds |\n|---|---|---|---|\n${rows.join("")}`);
process.exit(Object.values(state).some(({ failures }) => failures.length > 0) ? 1 : 0);
