import { rmSync } from "node:fs";
import { join } from "node:path";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import { QUICK } from "../../test/support/lake.ts";
import { shopCsv, writeText } from "../../test/support/shop.ts";
import type { Part } from "./part.ts";
import { difference, type View, viewOf } from "./stage.ts";

const MINUTE = 60_000;
/** What a clock is off by, from one run to the next. */
const SKEWS = [0, -1, 1, -10 * MINUTE, 10 * MINUTE, -1_440 * MINUTE, 525_600 * MINUTE, -525_600 * MINUTE];

/** Three files, the last one a correction of the first, under clocks that jump: the result is that of a clock that goes right. */
export const clocks: Part = {
  name: "clock skews",
  tries: { quick: 6, full: 200 },
  async open(folder) {
    const drops = [
      ["a.csv", 1],
      ["b.csv", 2],
      ["a.csv", 3],
    ] as const;
    const runWith = async (skews: readonly number[]): Promise<View> => {
      const lakeDirectory = join(folder, "lake");
      rmSync(lakeDirectory, { recursive: true, force: true });
      const lake = await openLocalLake({ lakeDirectory, threads: 1 });
      try {
        for (const [i, [name, seed]] of drops.entries()) {
          const file = writeText(join(folder, name), shopCsv({ seed, customers: 30, lines: 90 }));
          const now = Date.UTC(2026, 0, 1) + (skews[i] ?? 0);
          await lake.run({ files: [file], config: parseConfig(QUICK), clock: { now: () => new Date(now) } });
        }
      } finally {
        await lake.close();
      }
      return viewOf(lakeDirectory);
    };
    const right = await runWith([0, MINUTE, 2 * MINUTE]);
    return {
      async attempt(number) {
        const random = createRandom(number);
        const skews = drops.map(() => SKEWS[randomInteger(random, SKEWS.length)] as number);
        const differs = difference(await runWith(skews), right);
        return differs === undefined ? undefined : `clocks off by ${skews.join(", ")} ms: ${differs}`;
      },
    };
  },
};
