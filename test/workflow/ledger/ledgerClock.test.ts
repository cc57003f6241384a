import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createTransactionReader } from "../../../lib/ingest/reader.ts";
import { type DuckDbEngine, openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { readLedger, removeSource } from "../../../lib/local/lake/lakeLedger.ts";
import type { Clock } from "../../../lib/ports.ts";
import { attemptPrefix } from "../../../lib/workflow/lake/layout.ts";
import { readStage } from "../../../lib/workflow/lake/readTable.ts";
import { ingest } from "../../../lib/workflow/steps/ingest.ts";
import { effort } from "../../support/effort.ts";
import { temporaryFolder } from "../../support/lake.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const NOON = Date.parse("2024-06-15T12:00:00Z");
const clockAt = (ms: number): Clock => ({ now: () => new Date(ms) });
const linesOf = (rows: number, from: number): string =>
  `customer_id,order_id,order_date,quantity,unit_price\n${Array.from({ length: rows }, (_, i) => `K${from + i},${from + i},2024-05-01,1,${from + i}.5\n`).join("")}`;

interface Machine {
  readonly lakeDirectory: string;
  readonly engine: DuckDbEngine;
}

let attempts = 0;
/** One run up to its history, by a machine whose clock shows `ms`. @returns the rows of each source that counts. */
async function run({ lakeDirectory, engine }: Machine, ms: number, source?: string, csv = ""): Promise<string[]> {
  // Names as of two machines: nothing may be read from their order.
  const attempt = `a${(attempts++ * 7919) % 1_000}-${ms}`;
  const store = openFolderStore(lakeDirectory);
  const ports = { store, clock: clockAt(ms), codeVersion: "test", reader: createTransactionReader({ threads: 1 }) };
  const key = `incoming/${source}`;
  if (source !== undefined) await store.write(key, csv);
  const drop = { objects: source === undefined ? [] : [{ key, source }] };
  const { statements } = await ingest(ports, { attempt, configKey: null, drop });
  for (const { statement } of statements.ensureTables) await engine.run(statement);
  if (source !== undefined) for (const statement of [statements.clean, statements.commit]) await engine.run(statement);
  await engine.run(statements.history[0] as string);
  const rows = await readStage(store, "history", attemptPrefix(attempt));
  return rows.map((row) => `${row.source} ${row.rows_in}`).sort();
}

async function inLake<T>(name: string, use: (machine: Machine) => Promise<T>): Promise<T> {
  const lakeDirectory = join(folder, name);
  const engine = await openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(folder, "tmp") });
  try {
    return await use({ lakeDirectory, engine });
  } finally {
    engine.close();
  }
}

function permutations<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, at) => permutations(items.filter((_, i) => i !== at)).map((rest) => [item, ...rest]));
}

describe("the order of the ledger", () => {
  // Ten minutes back and forth, one machine a millisecond behind another, and (full effort) two that show the same time.
  const orders = effort(
    [
      [0, -600_000, 600_000],
      [600_000, 0, -600_000],
    ],
    permutations([0, -600_000, 600_000, -1, 0]),
  );
  it.each(orders.map((order) => [order.join(" "), order]))(
    "is that of the commits with clocks at %s",
    async (name, order) => {
      await inLake(name as string, async (machine) => {
        const expected = new Map<string, number>();
        const seen = () => [...expected].map(([source, rows]) => `${source} ${rows}`).sort();
        for (const [at, skew] of (order as number[]).entries()) {
          expected.set(`file${at}.csv`, at + 1);
          const one = await run(machine, NOON + skew, `file${at}.csv`, linesOf(at + 1, 100 * at));
          expect(one).toEqual(seen());
          // The corrected file replaces the one before, and the next run does not revert that.
          expected.set("corrected.csv", 10 + at);
          await run(machine, NOON + skew, "corrected.csv", linesOf(10 + at, 1_000));
          expect(await run(machine, NOON + skew - 1)).toEqual(seen());
        }
        const ledger = await readLedger(machine.engine, machine.lakeDirectory);
        const live = ledger.filter(({ state }) => state === "live").map(({ source, rows }) => `${source} ${rows}`);
        expect(live.sort()).toEqual(seen());
      });
    },
  );

  it("lets a removal follow what it removes, and a file that is dropped again follow the removal", async () => {
    await inLake("removal", async (machine) => {
      const { engine, lakeDirectory } = machine;
      await run(machine, NOON, "a.csv", linesOf(3, 0));
      await removeSource(engine, lakeDirectory, "a.csv", clockAt(NOON - 600_000));
      expect(await run(machine, NOON - 900_000)).toEqual([]);
      expect(await run(machine, NOON - 900_000, "a.csv", linesOf(3, 0))).toEqual(["a.csv 3"]);
      await removeSource(engine, lakeDirectory, "a.csv", clockAt(NOON + 600_000));
      expect(await run(machine, NOON)).toEqual([]);
    });
  });

  it("hands out no moment twice to machines that ask at once", async () => {
    const { nextMoment } = await import("../../../lib/workflow/ledger/ledgerClock.ts");
    const store = openFolderStore(join(folder, "asked"));
    const asked = Array.from({ length: 8 }, (_, i) => nextMoment(store, clockAt(NOON + (i % 3) * 1_000)));
    const moments = (await Promise.all(asked)).map((moment) => moment.getTime());
    expect(new Set(moments).size).toBe(8);
    expect((await nextMoment(store, clockAt(0))).getTime()).toBeGreaterThan(Math.max(...moments));
  });
});
