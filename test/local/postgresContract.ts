import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { SEGMENT_FORECAST } from "../../lib/tables/forecasts.ts";
import { SEGMENT_COLUMNS, type SegmentColumn } from "../../lib/tables/segments.ts";
import { makeRow, makeRows, makeRun, NO_FIGURES, type SegmentRow, toPart } from "./postgresRows.ts";

const HOSTILE_IDS = [
  "O'Hara",
  'say "hi"',
  "a,b",
  "line\nbreak",
  "cr\r\nlf",
  "🦄 café 漢字",
  "back\\slash\\n\\N",
  "\\.",
  "a\n\\.\nb",
  " spaced ",
  "007",
  "'; drop schema rfm cascade; --",
  "x".repeat(2000),
];

/** What every database of segments must do; `open` opens the same database each time, `openReader` a second connection to it. */
export function describeSegmentDatabase(
  title: string,
  open: () => Promise<PostgresSegmentDatabase>,
  openReader?: () => Promise<PostgresSegmentDatabase>,
): void {
  describe(title, () => {
    const directory = mkdtempSync(join(tmpdir(), "segments-"));
    const store = openFolderStore(directory);
    let database: PostgresSegmentDatabase;
    let parts = 0;

    beforeAll(async () => {
      database = await open();
      await database.migrate();
    });
    afterAll(async () => {
      await database.close();
      rmSync(directory, { recursive: true, force: true });
    });

    const load = async (runId: string, rows: readonly SegmentRow[], columns?: readonly SegmentColumn[]) => {
      parts += 1;
      const key = `parts/${parts}.csv`;
      await store.write(key, toPart(rows, columns));
      return database.loadPart(runId, store, key);
    };
    const publishRows = async (runId: string, rows: readonly SegmentRow[]) => {
      await database.stageRun(makeRun(runId, rows.length));
      await load(runId, rows);
      await database.publish(runId, rows.length);
    };
    const current = () =>
      database.query<{ run_id: string; rows: number }>(
        "select run_id, count(*) as rows from rfm.current_segments group by run_id",
      );
    const currentRun = async () => (await database.runs()).find((run) => run.isCurrent)?.runId;

    it("migrates again without a change", async () => {
      const applied = () =>
        database.query("select version, checksum, applied_at::text from rfm.schema_migrations order by 1");
      const before = await applied();
      await database.migrate();
      expect(await applied()).toEqual(before);
      expect(before.length).toBeGreaterThan(1);
    });

    it("shows nothing of a staged run, then all of it, with every value as it was written", async () => {
      const rows = [
        makeRow("first", "1", { monetary: "-12345678901234.5678", distance: 1e-300 }),
        makeRow("first", "2", NO_FIGURES),
      ];
      await database.stageRun(makeRun("first", 2));
      expect(await load("first", rows)).toBe(2);
      expect(await current()).toEqual([]);
      expect(await database.runs()).toEqual([]);
      await database.publish("first", 2);
      const stored = await database.query("select * from rfm.current_segments order by customer_id");
      expect(stored).toEqual(rows.map((row) => ({ ...row, cluster_probability: null })));
      const [run] = await database.runs();
      expect(run).toMatchObject({ ...makeRun("first", 2), isCurrent: true });
      expect(run?.publishedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(await database.query("select run_id from rfm.current_run")).toEqual([{ run_id: "first" }]);
    });

    it("keeps customer ids as they are, whatever is in them", async () => {
      await publishRows(
        "hostile",
        HOSTILE_IDS.map((id) => makeRow("hostile", id)),
      );
      const stored = await database.query<{ customer_id: string }>("select customer_id from rfm.current_segments");
      expect(stored.map((row) => row.customer_id).sort()).toEqual(HOSTILE_IDS.toSorted());
    });

    it("takes run ids for text, never for SQL", async () => {
      for (const runId of ["'; drop schema rfm cascade; --", 'a"b$$c%Is%L', "{1,2}", "ünï-🦄"]) {
        await publishRows(runId, [makeRow(runId, "1")]);
        expect(await current()).toEqual([{ run_id: runId, rows: 1 }]);
      }
      await expect(database.republish("' or true --")).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
      expect(await currentRun()).toBe("ünï-🦄");
    });

    it("loads a part once, however often it is sent, and notices another content", async () => {
      await store.write("twice.csv", toPart(makeRows("twice", 5)));
      await database.stageRun(makeRun("twice", 5));
      const counts = await Promise.all([1, 2, 3].map(() => database.loadPart("twice", store, "twice.csv")));
      expect(counts).toEqual([5, 5, 5]);
      await store.write("twice.csv", toPart(makeRows("twice", 6)));
      await expect(database.loadPart("twice", store, "twice.csv")).rejects.toMatchObject({
        code: "SEGMENT_PART_CHANGED",
      });
      await database.publish("twice", 5);
      expect(await current()).toEqual([{ run_id: "twice", rows: 5 }]);
    });

    it("loads several parts at once, packed ones too", async () => {
      await database.stageRun(makeRun("packed", 3000));
      const keys = [0, 1, 2].map((index) => `packed/${index}.csv${index === 1 ? ".gz" : ""}`);
      for (const [index, key] of keys.entries()) {
        const text = toPart(makeRows("packed", 1000, index * 1000));
        await store.write(key, key.endsWith(".gz") ? gzipSync(text) : text);
      }
      expect(await Promise.all(keys.map((key) => database.loadPart("packed", store, key)))).toEqual([1000, 1000, 1000]);
      await database.publish("packed", 3000);
      expect(await current()).toEqual([{ run_id: "packed", rows: 3000 }]);
    });

    it("refuses a wrong count or a customer twice, and then changes nothing", async () => {
      const before = await database.runs();
      await database.stageRun(makeRun("wrong", 3));
      await load("wrong", makeRows("wrong", 2));
      await expect(database.publish("wrong", 3)).rejects.toMatchObject({ code: "SEGMENT_ROW_COUNT" });
      await expect(database.publish("wrong", 1)).rejects.toMatchObject({ code: "SEGMENT_ROW_COUNT" });
      await load("wrong", makeRows("wrong", 1));
      await expect(database.publish("wrong", 3)).rejects.toMatchObject({
        code: "DUPLICATE_CUSTOMER",
        message: expect.stringContaining("'10000'"),
      });
      expect(await database.runs()).toEqual(before);
      expect(await current()).toEqual([{ run_id: "packed", rows: 3000 }]);
    });

    it("refuses parts that are not what they should be, without a trace of them", async () => {
      await database.stageRun(makeRun("bad", 1));
      const good = toPart([makeRow("bad", "1")]);
      const refused: [string, string, RegExp][] = [
        ["header", good.replace("customer_id,recency_days", "recency_days,customer_id"), /header/],
        ["empty", "", /header/],
        ["no-header", good.split("\n").slice(1).join("\n"), /header/],
        ["type", toPart([makeRow("bad", "1", { monetary: "12,5" })]), /line 2, column monetary/],
        ["score", toPart([makeRow("bad", "1", { r_score: 11 })]), /r_score/],
        ["other-run", toPart([makeRow("other", "1")]), /another run/],
        ["nul", toPart([makeRow("bad", "a\0b")]), /line 2/],
        ["short", `${good}2,3\n`, /line 3/],
      ];
      for (const [name, text, reason] of refused) {
        await store.write(`bad/${name}.csv`, text);
        await expect(database.loadPart("bad", store, `bad/${name}.csv`), name).rejects.toMatchObject({
          code: "SEGMENT_PART",
          message: expect.stringMatching(reason),
        });
      }
      await expect(database.loadPart("bad", store, "bad/missing.csv")).rejects.toMatchObject({ code: "SEGMENT_PART" });
      await store.write("bad/good.csv", good.replaceAll("\n", "\r\n"));
      expect(await database.loadPart("bad", store, "bad/good.csv")).toBe(1);
      await database.publish("bad", 1);
    });

    it("names runs that are not staged or not there", async () => {
      await store.write("nobody.csv", toPart(makeRows("nobody", 1)));
      await expect(database.loadPart("nobody", store, "nobody.csv")).rejects.toMatchObject({ code: "RUN_NOT_STAGED" });
      await expect(database.publish("nobody", 1)).rejects.toMatchObject({ code: "RUN_NOT_STAGED" });
      await expect(database.republish("nobody")).rejects.toMatchObject({ code: "UNKNOWN_RUN" });
    });

    it("starts a staging over, and forgets the rows of the first", async () => {
      await database.stageRun(makeRun("again", 9));
      await load("again", makeRows("again", 9));
      await publishRows("again", makeRows("again", 4));
      expect(await current()).toEqual([{ run_id: "again", rows: 4 }]);
      await database.publish("again", 4);
      await expect(database.publish("again", 5)).rejects.toMatchObject({ code: "SEGMENT_ROW_COUNT" });
    });

    it("publishes movements with their run, counts them, and forgets them with it", async () => {
      const movements = (runId: string, lines: readonly string[]) =>
        `run_from,run_to,customer_id,segment_from,segment_to,threshold_only\n${lines.map((line) => `before,${runId},${line}\n`).join("")}`;
      const shown = () => database.query("select * from rfm.migrations order by customer_id");
      const lines = ["1,Lost,Champions,false", "2,,Lost,false", "3,At Risk,,false", '"a,""b""\nc",Lost,At Risk,true'];
      await store.write("moves.csv", movements("moved", lines));
      await database.stageRun(makeRun("moved", 3));
      await load("moved", makeRows("moved", 3));
      const sent = await Promise.all([1, 2].map(() => database.loadPart("moved", store, "moves.csv", "movements")));
      expect(sent).toEqual([4, 4]);
      expect(await shown()).toEqual([]);
      await database.publish("moved", 3);
      const of = (
        customer_id: string,
        segment_from: string | null,
        segment_to: string | null,
        threshold_only: boolean,
      ) => ({
        ...{ run_from: "before", run_to: "moved", customer_id, segment_from, segment_to, threshold_only },
      });
      const expected = [
        of("1", "Lost", "Champions", false),
        of("2", null, "Lost", false),
        of("3", "At Risk", null, false),
        of('a,"b"\nc', "Lost", "At Risk", true),
      ];
      expect(await shown()).toEqual(expected);
      // The same run again without movements takes the place of the first load.
      await store.write("others.csv", movements("other", lines));
      await database.stageRun(makeRun("moved", 3));
      await load("moved", makeRows("moved", 3));
      await expect(database.loadPart("moved", store, "others.csv", "movements")).rejects.toMatchObject({
        code: "SEGMENT_PART",
      });
      await expect(database.loadPart("moved", store, "moves.csv")).rejects.toMatchObject({ code: "SEGMENT_PART" });
      expect(await shown()).toEqual(expected);
      await database.publish("moved", 3);
      expect(await shown()).toEqual([]);
      expect(await database.query("select count(*) as n from rfm.movements")).toEqual([{ n: 0 }]);
    });

    it("publishes an empty run", async () => {
      await publishRows("empty", []);
      expect(await current()).toEqual([]);
      expect(await currentRun()).toBe("empty");
    });

    it("keeps a run that was planned before the current one, and goes on showing that, however often it is sent", async () => {
      const publishPlanned = async (runId: string, createdAt: string) => {
        await database.stageRun(makeRun(runId, 3, { createdAt }));
        await load(runId, makeRows(runId, 3));
        await database.publish(runId, 3);
      };
      await publishPlanned("saw-more", "2026-02-02T00:00:00.001Z");
      await publishPlanned("saw-less", "2026-02-02T00:00:00.000Z");
      await database.publish("saw-less", 3);
      expect(await current()).toEqual([{ run_id: "saw-more", rows: 3 }]);
      await publishPlanned("saw-more", "2026-02-01T00:00:00.000Z");
      expect(await current()).toEqual([{ run_id: "saw-more", rows: 3 }]);
      await database.republish("saw-less");
      expect(await current()).toEqual([{ run_id: "saw-less", rows: 3 }]);
      await database.republish("packed");
      await publishPlanned("later", "2026-02-02T00:00:00.002Z");
      expect(await current()).toEqual([{ run_id: "later", rows: 3 }]);
      await publishPlanned("reset", "2099-01-01T00:00:00.000Z");
      await database.republish("packed");
    });

    it("makes an earlier run current again", async () => {
      await database.republish("packed");
      expect(await current()).toEqual([{ run_id: "packed", rows: 3000 }]);
      await database.republish("packed");
      expect((await database.runs())[0]).toMatchObject({ runId: "packed", isCurrent: true });
    });

    it("lets readers see whole runs only, while runs are published, published again and dropped", async () => {
      const reader = (await openReader?.()) ?? database;
      await publishRows("even", makeRows("even", 200));
      let publishing = true;
      const seen = new Set<string>();
      const read = async () => {
        let reads = 0;
        while (publishing) {
          const rows = await reader.query<{ run_id: string; rows: number; listed: string }>(
            `select run_id, count(*) as rows, (select run_id from rfm.current_run) as listed
             from rfm.current_segments group by run_id`,
          );
          expect(rows).toHaveLength(1);
          expect(rows[0]).toEqual({
            run_id: rows[0]?.listed,
            listed: rows[0]?.listed,
            rows: rows[0]?.listed === "even" ? 200 : 301,
          });
          seen.add(rows[0]?.run_id ?? "");
          reads += 1;
        }
        return reads;
      };
      const readers = [read(), read()];
      for (let round = 0; round < 25; round++) {
        await publishRows("odd", makeRows("odd", 301));
        await publishRows("even", makeRows("even", 200));
      }
      publishing = false;
      const reads = await Promise.all(readers);
      expect(Math.min(...reads)).toBeGreaterThan(8);
      expect([...seen].sort()).toEqual(["even", "odd"]);
      if (reader !== database) await reader.close();
    });

    it("keeps the newest twelve runs and what is current, and leaves no table behind", async () => {
      for (let index = 0; index < 14; index++) await publishRows(`run-${index}`, makeRows(`run-${index}`, 2));
      const kept = (await database.runs()).map((run) => run.runId);
      expect(kept).toEqual(Array.from({ length: 12 }, (_, index) => `run-${13 - index}`));
      await database.republish("run-2");
      for (let index = 14; index < 27; index++) await publishRows(`run-${index}`, makeRows(`run-${index}`, 2));
      expect(await database.runs()).toHaveLength(12);
      const [tables] = await database.query<{ tables: number; others: number; loads: number }>(
        `select (select count(*) from pg_tables where schemaname = 'rfm' and tablename like 'staged_load_%') as tables,
                (select count(*) from pg_tables where schemaname = 'rfm' and tablename like 'staged_movements_%') as others,
                (select count(*) from rfm.loads where state = 'staged') as loads`,
      );
      expect(tables?.tables).toBe(tables?.loads);
      expect(tables?.others).toBe(tables?.loads);
      const [every] = await database.query("select count(*) as rows from rfm.run_segments");
      expect(every).toEqual({ rows: 24 });
      expect(await database.query("select count(*) as rows from rfm.segments")).toEqual([{ rows: 24 }]);
    });

    it("takes parts of earlier releases, which have no forecast", async () => {
      const rows = [makeRow("earlier", "1", NO_FIGURES), makeRow("earlier", "2", NO_FIGURES)];
      await database.stageRun(makeRun("earlier", 2));
      const columns = SEGMENT_COLUMNS.filter((name) => !Object.hasOwn(SEGMENT_FORECAST, name));
      expect(await load("earlier", rows, columns)).toBe(2);
      await database.publish("earlier", 2);
      const stored = await database.query("select * from rfm.current_segments order by customer_id");
      expect(stored).toEqual(rows.map((row) => ({ ...row, cluster_probability: null })));
    });

    it("takes the probabilities of a mixture's clusters", async () => {
      const rows = [
        makeRow("mixture", "1", { cluster_probability: 0.731059 }),
        makeRow("mixture", "2", { cluster_probability: 1 }),
      ];
      await database.stageRun(makeRun("mixture", 2));
      expect(await load("mixture", rows)).toBe(2);
      await database.publish("mixture", 2);
      expect(await database.query("select * from rfm.current_segments order by customer_id")).toEqual(rows);
    });
  });
}
