import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { HOSTILE_FILES } from "../../test/ingest/hostileFiles.ts";
import { overBudget } from "../../test/ingest/readerBudget.ts";
import type { Reading } from "../../test/ingest/readMeter.ts";
import { judgeMutants } from "../../test/support/mutants.ts";
import type { Part } from "./part.ts";

/** Damaged files, in batches over one engine. */
export const mutations: Part = {
  name: "mutated files",
  tries: { quick: 200, full: 10_000 },
  batch: 50,
  open: async () => ({
    async attempt(number) {
      try {
        const mutants = await judgeMutants(number, 50);
        const silent = mutants.find(({ outcome, message }) => outcome !== "balanced" && message === "");
        return silent === undefined ? undefined : `seed ${silent.seed}: refused without a word`;
      } catch (error) {
        return (error as Error).message;
      }
    },
  }),
};

const METER = fileURLToPath(new URL("../../test/ingest/readMeter.ts", import.meta.url));
const NAMES = Object.keys(HOSTILE_FILES);
const FEW = 8;

/** Files that cost a careless reader more than their bytes, each at two sizes. */
export const hostileFiles: Part = {
  name: "hostile files",
  tries: { quick: FEW, full: NAMES.length },
  open: async () => ({
    async attempt(number) {
      const name = NAMES[number] as string;
      const printed = execFileSync(process.execPath, ["--expose-gc", METER, name], {
        encoding: "utf8",
        maxBuffer: 1e8,
      });
      const readings = printed
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Reading);
      const wrong = overBudget(name, readings as [Reading, Reading]);
      return wrong === undefined ? undefined : `${name}: ${wrong}`;
    },
  }),
};
