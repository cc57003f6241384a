import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createRandom } from "../../lib/domain/clustering/fit/random.ts";
import { SegmentationError } from "../../lib/domain/errors.ts";
import { createTransactionReader } from "../../lib/ingest/reader.ts";
import { openDuckDbEngine } from "../../lib/local/duckdb/index.ts";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { readJson, writeJson } from "../../lib/workflow/lake/json.ts";
import { checkQuality, LedgerImbalanceError, type QualityReport } from "../../lib/workflow/steps/checkQuality.ts";
import { ingest } from "../../lib/workflow/steps/ingest.ts";
import { SHARED } from "../golden/onlineRetail.ts";
import { firstLines, MUTATIONS } from "./mutations.ts";

/** What became of a damaged file; anything else is a fault of ours and is thrown. */
export type Outcome = "refused with a reason" | "refused by the quality gate" | "balanced";

export interface Mutant {
  readonly mutation: string;
  readonly seed: number;
  readonly outcome: Outcome;
  readonly rows: number;
  readonly kept: number;
  readonly message: string;
}

const LINES = 120;
const CONFIG_KEY = "config.json";
const ORIGINALS = ["online-retail.csv.gz", "online-retail-latin1.csv.gz"] as const;

/** Damages beginnings of the real files, `count` times from `firstSeed` on, and takes each through ingest, cleaning and quality gate. */
export async function judgeMutants(firstSeed: number, count: number): Promise<Mutant[]> {
  const directory = mkdtempSync(join(tmpdir(), "rfm-mutants-"));
  const originals = ORIGINALS.map((name) => firstLines(readFileSync(join(SHARED, "data", name)), LINES));
  const engine = await openDuckDbEngine({
    lakeDirectory: directory,
    threads: 1,
    tempDirectory: join(directory, ".tmp"),
  });
  // A hundred lines of one December leave open which number of 12/1/2010 is the month.
  await writeJson(openFolderStore(directory), CONFIG_KEY, { dateLayout: "mdy" });
  const names = Object.keys(MUTATIONS);
  try {
    const mutants: Mutant[] = [];
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const mutation = names[seed % names.length] as string;
      const original = originals[Math.floor(seed / names.length) % originals.length] as Uint8Array;
      const random = createRandom(seed);
      const damaged = (MUTATIONS[mutation] as (typeof MUTATIONS)[string])(original, random);
      mutants.push({ mutation, seed, ...(await take(directory, engine, damaged, seed)) });
    }
    return mutants;
  } finally {
    engine.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function take(
  directory: string,
  engine: Awaited<ReturnType<typeof openDuckDbEngine>>,
  file: Uint8Array,
  seed: number,
): Promise<Omit<Mutant, "mutation" | "seed">> {
  const store = openFolderStore(directory);
  const clock = { now: () => new Date("2012-01-02T00:00:00Z") };
  const ports = { store, clock, codeVersion: "test", reader: createTransactionReader({ threads: 1 }) };
  const key = `incoming/mutant-${seed}.csv`;
  await store.write(key, file);
  try {
    const drop = { objects: [{ key, source: "mutant.csv" }] };
    const state = await ingest(ports, { attempt: `m${seed}`, configKey: CONFIG_KEY, drop });
    const { ensureTables, clean, reconcile } = state.statements;
    for (const statement of [...ensureTables.map((table) => table.statement), clean, ...reconcile])
      await engine.run(statement);
    const verdict = await checkQuality(ports, state);
    const { ledger } = await readJson<QualityReport>(store, verdict.qualityKey);
    const kept = ledger.find((line) => line.reason === "kept")?.rows ?? 0;
    const rows = state.drop.rows;
    if (rows > 0 && kept === 0 && verdict.verdict === "pass")
      throw new Error(`seed ${seed}: nothing kept, nothing said`);
    const outcome = verdict.verdict === "refuse" ? "refused by the quality gate" : "balanced";
    return { outcome, rows, kept, message: verdict.reason };
  } catch (error) {
    if (!(error instanceof SegmentationError) || error instanceof LedgerImbalanceError) {
      writeFileSync(join(tmpdir(), `mutant-${seed}.csv`), file);
      throw new Error(`seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
    return { outcome: "refused with a reason", rows: 0, kept: 0, message: error.message };
  } finally {
    await store.remove([key]);
  }
}
