import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { createRandom, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { isFullEffort } from "../support/effort.ts";
import { makeRun } from "./postgresRows.ts";

const root = mkdtempSync(join(tmpdir(), "pglite-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const VICTIM = fileURLToPath(new URL("./postgresVictim.ts", import.meta.url));

/** Starts the victim, kills it so long after its start or first publication, and returns the runs that it said were published. */
function killAfter(
  moment: "start" | "publication",
  delayMs: number,
  directory: string,
  prefix: string,
): Promise<string[]> {
  const child = spawn(process.execPath, [VICTIM, directory, join(root, "store"), prefix], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    if (output === "" && moment === "publication") setTimeout(() => child.kill("SIGKILL"), delayMs);
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (_code, signal) => {
      if (signal === "SIGKILL") resolve(output.split("\n").slice(0, -1));
      else reject(new Error(`the victim ended by itself: ${output}`));
    });
    if (moment === "start") setTimeout(() => child.kill("SIGKILL"), delayMs);
  });
}

async function inspectAfterKill(directory: string, published: readonly string[]): Promise<void> {
  const database = openPgliteDatabase(directory);
  await database.migrate();
  const current = await database.query<{ run_id: string; rows: number }>(
    "select run_id, count(*) as rows from rfm.current_segments group by run_id",
  );
  const runs = await database.runs();
  const last = published.at(-1);
  if (last !== undefined) {
    // The kill may fall between a commit and its announcement: the current run is the last announced one or the next.
    const [prefix, number] = last.split(/-(?=\d+$)/);
    expect([last, `${prefix}-${Number(number) + 1}`]).toContain(current[0]?.run_id);
  }
  expect(current.map((row) => row.rows)).toEqual(runs.length === 0 ? [] : [2000]);
  expect(runs.filter((run) => run.isCurrent).map((run) => run.runId)).toEqual(current.map((row) => row.run_id));
  const [stored] = await database.query<{ rows: number }>("select count(*) as rows from rfm.run_segments");
  expect(stored?.rows).toBe(runs.length * 2000);
  await database.close();
}

describe("the embedded database", () => {
  it.runIf(isFullEffort)("survives being killed at any moment, its creation included", async () => {
    mkdirSync(join(root, "store"));
    const random = createRandom("kill");
    for (let round = 0; round < 2; round++) {
      const directory = join(root, `killed-${round}`);
      const young = await killAfter("start", 80 + randomInteger(random, 900), directory, `young-${round}`);
      await inspectAfterKill(directory, young);
      const old = await killAfter("publication", randomInteger(random, 300), directory, `old-${round}`);
      expect(old.length).toBeGreaterThan(0);
      await inspectAfterKill(directory, old);
    }
    expect(readdirSync(root).filter((name) => name.includes("creating"))).toEqual([]);
  });

  it("removes what a creation that was cut short left, and takes an empty folder", async () => {
    const directory = join(root, "fresh");
    mkdirSync(directory);
    mkdirSync(`${directory}.creating-999999999`);
    const database = openPgliteDatabase(directory);
    await database.migrate();
    await database.close();
    expect(readdirSync(root).filter((name) => name.startsWith("fresh"))).toEqual(["fresh"]);
    const again = openPgliteDatabase(directory);
    expect(await again.runs()).toEqual([]);
    await again.close();
  });

  it("names a folder that cannot be opened and touches nothing in it", async () => {
    const foreign = join(root, "foreign");
    mkdirSync(foreign);
    writeFileSync(join(foreign, "letter.txt"), "dear reader");
    const notOurs = openPgliteDatabase(foreign);
    await expect(notOurs.migrate()).rejects.toMatchObject({ code: "DATABASE_DAMAGED" });
    await notOurs.close();
    expect(readdirSync(foreign)).toEqual(["letter.txt"]);

    const directory = join(root, "damaged");
    const whole = openPgliteDatabase(directory);
    await whole.migrate();
    await whole.close();
    writeFileSync(join(directory, "global", "pg_control"), "nonsense");
    const damaged = openPgliteDatabase(directory);
    await expect(damaged.migrate()).rejects.toMatchObject({
      code: "DATABASE_DAMAGED",
      message: expect.stringContaining("lake"),
    });
    await expect(damaged.runs()).rejects.toMatchObject({ code: "DATABASE_DAMAGED" });
    await damaged.close();
  });

  it("is refused while it is open, and free again afterwards", async () => {
    const directory = join(root, "busy");
    const first = openPgliteDatabase(directory);
    const second = openPgliteDatabase(directory);
    await expect(second.migrate()).rejects.toMatchObject({ code: "DATABASE_BUSY" });
    await second.close();
    await first.migrate();
    await first.close();
    // A process that runs but is not the one that wrote the mark: its id was used again.
    writeFileSync(`${directory}.owner`, JSON.stringify({ processId: process.ppid, startTicks: "1" }));
    const third = openPgliteDatabase(directory);
    expect(await third.runs()).toEqual([]);
    await third.close();
  });

  it("does not grow with every run", async () => {
    const directory = join(root, "growth");
    const database = openPgliteDatabase(directory, { keepRuns: 1 });
    await database.migrate();
    const publish = async (index: number) => {
      const runId = `run-${index}`;
      await database.stageRun(makeRun(runId, 0));
      await database.query(
        `insert into rfm.segments select (select max(load_id) from rfm.loads), 'c' || n, 1, 1, 1, 1, 1, 1, 'x', 1, 'x', 0,
         '2020-01-01', '2020-01-01', '2020-01-01', $1, 'm' from generate_series(1, 3000) as n`,
        [runId],
      );
      await database.publish(runId, 0);
      const [size] = await database.query<{ bytes: number }>("select pg_total_relation_size('rfm.segments') as bytes");
      return size?.bytes ?? 0;
    };
    const sizes: number[] = [];
    for (let index = 0; index < 9; index++) sizes.push(await publish(index));
    await database.close();
    expect(sizes.at(-1)).toBeLessThan((sizes[0] ?? 0) * 4);
  });
});
