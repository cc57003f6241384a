import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { openDuckDbEngine } from "../../lib/local/duckdb/index.ts";
import { readLedger } from "../../lib/local/lake/lakeLedger.ts";
import { databaseDirectory } from "../../lib/local/lake/lakePaths.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { openLocalLake } from "../../lib/local/run/runLocally.ts";
import { currentSegments, QUICK } from "../../test/support/lake.ts";
import { shopCsv, writeText } from "../../test/support/shop.ts";

/** A lake of two runs, of which each try takes a copy. */
export interface Stage {
  readonly folder: string;
  readonly original: string;
  /** The runs, the newest first. */
  readonly runs: readonly string[];
  /** A fresh copy. */
  copy(): string;
}

export async function openStage(folder: string): Promise<Stage> {
  const original = join(folder, "original");
  const lake = await openLocalLake({ lakeDirectory: original, threads: 1 });
  const runs: string[] = [];
  for (const seed of [1, 2]) {
    const file = writeText(join(folder, `${seed}.csv`), shopCsv({ seed, customers: 30, lines: 120 }));
    runs.unshift((await lake.run({ files: [file], config: parseConfig(QUICK) })).summary.runId);
  }
  await lake.close();
  writeText(join(folder, "3.csv"), shopCsv({ seed: 3, customers: 30, lines: 90 }));
  writeText(join(folder, "rfm.config.json"), JSON.stringify(QUICK));
  const copy = (): string => {
    const lakeCopy = join(folder, "lake");
    rmSync(lakeCopy, { recursive: true, force: true });
    cpSync(original, lakeCopy, { recursive: true });
    return lakeCopy;
  };
  return { folder, original, runs, copy };
}

/** What readers of a lake see, without what tells when and by which attempt it came about. */
export interface View {
  readonly segments: string;
  readonly runs: readonly string[];
  /** The sources that count. */
  readonly sources: readonly string[];
}

/** @throws where the lake does not open */
export async function viewOf(lake: string): Promise<View> {
  const engine = await openDuckDbEngine({ lakeDirectory: lake, threads: 1, tempDirectory: join(lake, ".tmp") });
  const database = openPgliteDatabase(databaseDirectory(lake));
  try {
    const runs = await database.query<{ run_id: string }>("select run_id from rfm.runs order by run_id");
    const ledger = await readLedger(engine, lake);
    const live = ledger.filter(({ state }) => state === "live").map(({ source }) => source);
    return {
      segments: await currentSegments(database),
      runs: runs.map((row) => row.run_id),
      sources: [...new Set(live)].sort(),
    };
  } finally {
    await database.close();
    engine.close();
  }
}

/** The parts in which two views differ; undefined where they are equal. */
export function difference(seen: View, expected: View): string | undefined {
  const names = (["segments", "runs", "sources"] as const).filter(
    (name) => JSON.stringify(seen[name]) !== JSON.stringify(expected[name]),
  );
  return names.length === 0 ? undefined : `other ${names.join(", ")}`;
}
