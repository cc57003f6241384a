import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { type CliOptions, type CliResult, rfm, rfmHere } from "../../test/support/cli.ts";
import type { Part } from "./part.ts";
import { difference, openStage, type Stage, type View, viewOf } from "./stage.ts";

/** The commands that change a lake. */
const COMMANDS: readonly ((stage: Stage) => readonly string[])[] = [
  () => ["run", "3.csv"],
  () => ["run"],
  ({ runs }) => ["publish", runs[1] as string],
  () => ["forget", "1.csv", "--yes", "--refresh"],
  () => ["forget", "--customer", "K0001", "--yes"],
  () => ["compact"],
  () => ["export", "--format", "csv", "--out", "out.csv"],
  () => ["doctor", "--repair"],
];

/** Paths in the lake, and those of the file that is exported. */
const ANYWHERE = /\/lake\/|out\.csv/;

/** A command as it runs undisturbed. */
interface Twin {
  readonly args: readonly string[];
  readonly view: View;
  readonly calls: number;
  readonly milliseconds: number;
}

async function runTwin(stage: Stage, args: readonly string[]): Promise<Twin> {
  const callsTo = join(stage.folder, "calls");
  const lake = stage.copy();
  const start = performance.now();
  const { code, stderr } = await rfm([...args, "--lake", lake], {
    cwd: stage.folder,
    killAtCall: { call: 0, of: ANYWHERE, callsTo },
  });
  if (code !== 0) throw new Error(`rfm ${args.join(" ")}, undisturbed: ${stderr}`);
  const milliseconds = performance.now() - start;
  return { args, view: await viewOf(lake), calls: Number(readFileSync(callsTo, "utf8")), milliseconds };
}

/** Disturbs a command, looks at the lake, repeats the command, and compares with its undisturbed twin. */
async function openDisturbed(
  folder: string,
  disturb: (twin: Twin, number: number) => Omit<CliOptions, "cwd">,
  judge: (result: CliResult) => string | undefined,
): ReturnType<Part["open"]> {
  const stage = await openStage(folder);
  const before = await viewOf(stage.copy());
  const twins = new Map<number, Twin>();
  return {
    async attempt(number) {
      const which = number % COMMANDS.length;
      const twin = twins.get(which) ?? (await runTwin(stage, (COMMANDS[which] as (typeof COMMANDS)[number])(stage)));
      twins.set(which, twin);
      const lake = stage.copy();
      const args = [...twin.args, "--lake", lake];
      const how = disturb(twin, number);
      const told = `rfm ${twin.args.join(" ")}, ${JSON.stringify(how)}`;
      const wrong = judge(await rfm(args, { cwd: stage.folder, ...how }));
      if (wrong !== undefined) return `${told}: ${wrong}`;
      const between = await viewOf(lake).catch((error: Error) => error);
      if (between instanceof Error) return `${told}: the lake does not open: ${between.message}`;
      if (![before.segments, twin.view.segments].includes(between.segments)) return `${told}: half a result shows`;
      // In this process, which costs no start: what a kill leaves behind lies in the lake.
      const again = await rfmHere(args, { cwd: stage.folder });
      const differs = difference(await viewOf(lake), twin.view);
      return differs === undefined ? undefined : `${told}, repeated (${again.code} ${again.stderr}): ${differs}`;
    },
  };
}

/** SIGKILL: two in three right before a change of a file, the others at any time. */
export const kills: Part = {
  name: "kills",
  tries: { quick: 24, full: 1_000 },
  open: (folder) =>
    openDisturbed(
      folder,
      ({ calls, milliseconds }, number) => {
        const random = createRandom(number);
        return number % 3 === 0
          ? { killAfterMs: 50 + randomInteger(random, Math.ceil(milliseconds)) }
          : { killAtCall: { call: 1 + randomInteger(random, Math.max(1, calls)), of: ANYWHERE } };
      },
      () => undefined,
    ),
};

/** The disk is full from one write on. */
export const fullDisks: Part = {
  name: "full disks",
  tries: { quick: 16, full: 1_000 },
  open: (folder) =>
    openDisturbed(
      folder,
      ({ calls }, number) => ({
        killAtCall: {
          call: 1 + (Math.floor(number / COMMANDS.length) % Math.max(1, calls)),
          of: ANYWHERE,
          by: "ENOSPC",
        },
      }),
      ({ code, stderr }) => {
        if (/fault of rfm|Unexpected|\n\s+at /.test(stderr)) return `told as a fault: ${stderr}`;
        return code === 0 || /disk is full/.test(stderr)
          ? undefined
          : `exit ${code} without a word of the disk: ${stderr}`;
      },
    ),
};
