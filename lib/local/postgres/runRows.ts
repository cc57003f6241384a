import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { csvFields, csvSplitter } from "../../domain/text/csv.ts";
import type { ObjectStore, PartContent } from "../../ports.ts";
import type { PostgresSegmentDatabase } from "../../postgres/segmentDatabase.ts";
import { MOVEMENT_COLUMNS } from "../../tables/marts.ts";
import { MIXTURE_SEGMENT_COLUMNS } from "../../tables/segments.ts";

/** Rows of a run: how many, and a digest that does not depend on their order. */
export interface RowDigest {
  readonly rows: number;
  readonly digest: bigint;
}

const ROWS_AT_ONCE = 20_000;

/** Adds up rows; numbers count by what they are, however many zeros they are written with. */
function rowSum() {
  let rows = 0;
  let digest = 0n;
  return {
    add(cells: readonly unknown[]): void {
      const texts = cells.map((cell) => (cell === null || cell === undefined ? "" : String(cell)));
      const plain = texts.map((text) => (/^-?\d+[.]\d+$/.test(text) ? text.replace(/[.]?0+$/, "") : text));
      const hash = createHash("sha256").update(plain.join("\0")).digest();
      digest = BigInt.asUintN(64, digest + hash.readBigUInt64LE());
      rows += 1;
    },
    result: (): RowDigest => ({ rows, digest }),
  };
}

/** The rows of a run's CSV parts in a lake of this machine. Columns that a file leaves out are empty. */
export async function rowsOfParts(
  store: ObjectStore,
  keys: readonly string[],
  content: PartContent,
): Promise<RowDigest> {
  const sum = rowSum();
  for (const key of keys) {
    const splitter = csvSplitter();
    let places: readonly number[] | undefined;
    const take = (records: readonly string[]): void => {
      for (const record of records) {
        const fields = csvFields(record);
        if (places !== undefined) sum.add(places.map((place) => fields[place]));
        else places = COLUMNS[content].map((name) => fields.indexOf(name));
      }
    };
    // A folder's files are where they are.
    for await (const part of createReadStream(await store.toLocalFile(key, ""), "utf8"))
      take(splitter.push(part as string));
    take(splitter.end());
  }
  return sum.result();
}

/** The column by which a table knows the run of a row. */
const RUN_COLUMN: Readonly<Record<PartContent, string>> = { segments: "run_id", movements: "run_to" };

const COLUMNS: Readonly<Record<PartContent, readonly string[]>> = {
  segments: MIXTURE_SEGMENT_COLUMNS,
  movements: MOVEMENT_COLUMNS,
};

/** The rows that a database has of a run. */
export async function rowsInDatabase(
  database: PostgresSegmentDatabase,
  runId: string,
  content: PartContent,
): Promise<RowDigest> {
  const sum = rowSum();
  for (let last: unknown = ""; ; ) {
    const rows = await database.query<Record<string, unknown>>(
      // All of them, for the schema may be one before the last columns came.
      `select * from rfm.${content}
       where ${RUN_COLUMN[content]} = $1 and customer_id collate "C" > $2 order by customer_id collate "C" limit ${ROWS_AT_ONCE}`,
      [runId, last],
    );
    for (const row of rows) sum.add(COLUMNS[content].map((name) => row[name]));
    if (rows.length < ROWS_AT_ONCE) return sum.result();
    last = rows.at(-1)?.customer_id;
  }
}
