import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { compactLake } from "../../lib/local/lake/compactLake.ts";
import { openCatalogOf, readLedger, removeSource } from "../../lib/local/lake/lakeLedger.ts";
import { type LocalLake, openLocalLake } from "../../lib/local/run/runLocally.ts";
import type { DropRunRequest, LocalRunResult } from "../../lib/local/run/runRequest.ts";
import { parseMoment } from "../../lib/workflow/ledger/asOf.ts";
import { QUICK, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

const tomorrow = new Date(Date.now() + 86_400_000);
const clock = { now: () => new Date() };
const folder = temporaryFolder();
const directory = join(folder, "lake");
const spring = `${shopCsv({ seed: 1, customers: 60, lines: 400 })}KÜ,77001,2024-06-01,Pé,2,7.25\n`;
const autumn = shopCsv({ seed: 2, customers: 60, lines: 300 }).replaceAll(/,(1\d{4}),/g, ",9$1,");

let lake: LocalLake;
let first: LocalRunResult;
let second: LocalRunResult;
let secondCsv: string;

const run = (request: Partial<DropRunRequest> = {}) => lake.run({ files: [], config: parseConfig(QUICK), ...request });
const segmentsOf = async ({ store, summary }: LocalRunResult) =>
  Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
const aliases = () => readFileSync(join(directory, "models/aliases.json"), "utf8");
const states = async () =>
  (await readLedger(lake.engine, directory)).map(({ source, state }) => `${source} ${state}`).reverse();

beforeAll(async () => {
  lake = await openLocalLake({ lakeDirectory: directory, threads: 2 });
  first = await run({ files: [writeText(join(folder, "spring.csv"), spring)] });
  second = await run({ files: [writeText(join(folder, "autumn.csv"), autumn)] });
  secondCsv = await segmentsOf(second);
});
afterAll(async () => {
  await lake.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The same lines as another program would export them: Latin-1, semicolons, columns in another order, gzip. */
function otherDialect(csv: string): Uint8Array {
  const lines = csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(",").reverse().join(";"));
  return gzipSync(Buffer.from(`${lines.join("\r\n")}\r\n`, "latin1"));
}

describe("the same content under another name", () => {
  it("is refused in whatever dialect, naming both files, and changes nothing", async () => {
    const before = [aliases(), await states()];
    const copy = writeText(join(folder, "export-2.csv.gz"), otherDialect(spring));
    await expect(run({ files: [copy] })).rejects.toThrow(/export-2\.csv is a copy of spring\.csv.*--again/s);
    expect([aliases(), await states()]).toEqual(before);
  });
});

describe("an earlier state of the history", () => {
  it("is reproduced to the byte, and readers go on seeing what they see", async () => {
    const before = aliases();
    const again = await run({ asOf: { ingestId: first.attempt } });
    expect(again.summary.runId).toBe(first.summary.runId);
    expect(await segmentsOf(again)).toBe(await segmentsOf(first));
    expect(aliases()).toBe(before);
    expect(before).toContain(second.summary.runId);
  });

  it("must be one that the history has", async () => {
    await expect(run({ asOf: { ingestId: "nobody" } })).rejects.toThrow(/No ingest nobody.*rfm ingests/);
    await expect(run({ asOf: { moment: parseMoment("1999-01-01") } })).rejects.toThrow(/the lake was empty/);
    await expect(run({ asOf: { moment: parseMoment("2999-01-01") } })).rejects.toThrow(/in the future/);
  });
});

describe("parseMoment", () => {
  it("takes days by their end and times as they are, in UTC, and nothing else", () => {
    expect(parseMoment("2024-05-31").toISOString()).toBe("2024-05-31T23:59:59.999Z");
    expect(parseMoment("2024-05-31 18:00").toISOString()).toBe("2024-05-31T18:00:00.000Z");
    expect(parseMoment("2024-05-31T18:00:01.5Z").toISOString()).toBe("2024-05-31T18:00:01.500Z");
    for (const text of ["yesterday", "2024-02-31", "31.05.2024", "2024-05-31T25:00", ""])
      expect(() => parseMoment(text), text).toThrow(/not a date like/);
  });
});

describe("a source that is taken out", () => {
  it("leaves the results of the others, to the byte, and the ledger says so", async () => {
    await expect(removeSource(lake.engine, directory, "autum.csv", clock)).rejects.toThrow(
      /No live source.*autumn\.csv, spring\.csv/,
    );
    const removed = await removeSource(lake.engine, directory, "autumn.csv", clock);
    expect(removed).toMatchObject({ state: "live", rows: autumn.trimEnd().split("\n").length - 1 });
    const left = await run();
    expect(left.summary.runId).toBe(first.summary.runId);
    expect(await segmentsOf(left)).toBe(await segmentsOf(first));
    expect(await states()).toEqual(["spring.csv live", "autumn.csv removed", "autumn.csv removal"]);
    await run({ files: [join(folder, "autumn.csv")] });
    expect((await states()).at(-1)).toBe("autumn.csv live");
    const entry = (await readLedger(lake.engine, directory)).find(({ source }) => source === "spring.csv");
    const kept = first.summary.history.ledger.find(({ reason }) => reason === "kept");
    expect(entry).toMatchObject({ keptRows: kept?.rows, ingestId: first.attempt, rows: first.summary.history.rowsIn });
    expect(Number(entry?.keptAmount)).toBeCloseTo(kept?.amount ?? 0, 6);
    expect(entry?.firstDate).toMatch(/^2024-01-/);
  });
});

describe("a lake that is compacted", () => {
  it("loses what was never committed, and none of the earlier states", async () => {
    await lake.close();
    const counts = async () => {
      const engine = await openCatalogOf(directory, 0);
      try {
        const [row] = await engine.query(
          "select count(distinct ingest_id) as ingests, count(*) as lines from transactions",
        );
        return [Number(row?.ingests), Number(row?.lines)];
      } finally {
        engine.close();
      }
    };
    const before = await counts();
    const halfWritten = writeText(join(directory, "raw/.tmp-0123456789ab"), spring);
    const engine = await openCatalogOf(directory, 0);
    const report = await compactLake(engine, {
      lakeDirectory: directory,
      keepDays: 0,
      dropsReplaced: false,
      now: tomorrow,
    });
    engine.close();
    const lines = spring.trimEnd().split("\n").length - 1;
    expect(report.rowsRemoved).toBe(lines);
    expect(await counts()).toEqual([(before[0] as number) - 1, (before[1] as number) - lines]);
    expect(report.filesAfter).toBeLessThan(report.filesBefore);
    expect(existsSync(halfWritten)).toBe(false);
    expect(report.removed.filter((key) => key.startsWith("raw/"))).toHaveLength(3);
    lake = await openLocalLake({ lakeDirectory: directory, threads: 2 });
    const again = await run({ asOf: { ingestId: second.attempt } });
    expect(again.summary.runId).toBe(second.summary.runId);
    // The attempt that it was first published from gave way to a later one of the same run.
    expect(await segmentsOf(again)).toBe(secondCsv);
  });

  it("loses them where that is asked for, and nothing that counts", async () => {
    await lake.close();
    const engine = await openCatalogOf(directory, 0);
    const request = { lakeDirectory: directory, keepDays: 90, dropsReplaced: true, now: tomorrow };
    const { rowsRemoved } = await compactLake(engine, request);
    const live = (await readLedger(engine, directory)).filter(({ state }) => state === "live");
    const [row] = await engine.query("select count(*) as lines from transactions");
    engine.close();
    expect(rowsRemoved).toBe(autumn.trimEnd().split("\n").length - 1);
    expect(Number(row?.lines)).toBe(live.reduce((sum, { rows }) => sum + rows, 0));
    lake = await openLocalLake({ lakeDirectory: directory, threads: 2 });
  });
});
