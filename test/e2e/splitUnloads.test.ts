import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import type { TaskHandler, TaskHandlers } from "../../lib/local/run/machine.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import { dataOf } from "../support/dashboard.ts";
import { segmentsCsvOf, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";
import { splitUnloads } from "../support/splitUnloads.ts";

const folder = temporaryFolder();
const clock = { now: () => new Date("2025-03-01T12:00:00Z") };
/** Shards of few customers, so that there are many, and each is of all files. */
const config = parseConfig({ clusters: { rowsPerShard: 100, minK: 2, maxK: 4 }, backtest: { holdoutDays: 60 } });

/** One branch of the run ends long after the other. */
const lateAt =
  (state: string) =>
  (handlers: TaskHandlers): TaskHandlers => ({
    ...handlers,
    [state]: (input) => sleep(LATE_MS).then(() => (handlers[state] as TaskHandler)(input)),
  });
const LATE_MS = 2_000;

interface Seen {
  readonly segments: string;
  readonly summary: string;
  readonly page: string;
}

/** What a person gets of two drops after one another, without what the clock and the host decide. */
async function drops(name: string, split: boolean): Promise<Seen[]> {
  const lakeDirectory = join(folder, name);
  const lake = await openLocalLake({ lakeDirectory, threads: 2 });
  const seen: Seen[] = [];
  const attempts: string[] = [];
  for (const [file, late] of [
    ["first.csv", "FitForecast"],
    ["second.csv", "PlanClustering"],
  ] as const) {
    const intercept = split ? { ports: splitUnloads(lakeDirectory, 7), handlers: lateAt(late) } : {};
    const { summary, attempt } = await lake.run({ files: [join(folder, file)], config, clock, intercept });
    attempts.push(attempt);
    const { metered: _metered, ...found } = summary;
    const page = dataOf(readFileSync(join(lakeDirectory, summary.outputs.dashboard as string), "utf8"));
    const {
      timings: _timings,
      // Where the lake lies.
      commandLine: _place,
      summary: { metered: _ofPage, ...ofPage },
      ...shown
    } = page;
    const anyAttempt = (text: string): string => attempts.reduce((t, a, i) => t.replaceAll(a, `attempt-${i}`), text);
    seen.push({
      segments: segmentsCsvOf(lakeDirectory, { runId: summary.runId, attempt }),
      summary: anyAttempt(JSON.stringify(found)),
      page: anyAttempt(JSON.stringify({ ...shown, summary: ofPage })),
    });
  }
  await lake.close();
  return seen;
}

/** Ids of all planes of Unicode among the shop's: bytes order them otherwise than UTF-16 does. */
const strangers = ["ü1", "\u{1f6d2}", "\uff21", "Ω", "z"].map(
  (id, i) => `${id},S${i},2024-0${i + 1}-03,P1,${i + 1},9.50`,
);

describe("however Athena splits what it unloads, and whichever branch ends first", () => {
  let whole: Seen[];
  let split: Seen[];

  beforeAll(async () => {
    writeText(
      join(folder, "first.csv"),
      `${shopCsv({ seed: 3, customers: 900, lines: 3_000 })}${strangers.join("\n")}\n`,
    );
    writeText(
      join(folder, "second.csv"),
      shopCsv({ seed: 4, customers: 1_200, lines: 1_000 }).replaceAll(/,(C?)1(\d{4}),/g, ",$12$2,"),
    );
    whole = await drops("whole", false);
    split = await drops("split", true);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each([0, 1])("drop %i gives the same segments.csv, byte for byte, in the order of customers", (drop) => {
    expect(split[drop]?.segments === whole[drop]?.segments).toBe(true);
    const ids =
      split[drop]?.segments
        .trimEnd()
        .split("\n")
        .slice(1)
        .map((line) => Buffer.from(line.split(",")[0] as string)) ?? [];
    expect(ids.length).toBeGreaterThan(400);
    expect(ids).toEqual([...ids].sort(Buffer.compare));
  });

  it.each([0, 1])("drop %i gives the same summary.json", (drop) => {
    expect(split[drop]?.summary).toBe(whole[drop]?.summary);
  });

  it.each([0, 1])("drop %i gives the same data of the page", (drop) => {
    expect(split[drop]?.page).toBe(whole[drop]?.page);
  });
});
