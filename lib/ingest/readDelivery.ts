import { mkdtemp, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { mapTables } from "./columns/mapTables.ts";
import { openScratchEngine } from "./engine.ts";
import { IngestError } from "./errors.ts";
import { findInDrop } from "./findings/deliveryFindings.ts";
import { refuseMarkedOrders } from "./findings/markedOrders.ts";
import { refuseUnknownStatuses } from "./findings/unknownStatuses.ts";
import { unreadCellFindings } from "./findings/unreadCells.ts";
import { refuseUnreadValues } from "./findings/unreadValues.ts";
import { createTableGatherer, rowSets } from "./load/gatherTables.ts";
import type { LoadedFile } from "./load/loadedTable.ts";
import { loadFiles } from "./load/loadFile.ts";
import { createRefusals } from "./load/refusals.ts";
import { literal } from "./sqlText.ts";
import type { DropReading, DropRequest, FileReading } from "./types.ts";
import { canonicalQuery, hasCurrency, unusedColumns } from "./values/canonicalRows.ts";
import { withFileColumns } from "./values/fileColumns.ts";
import {
  countCurrencies,
  loadRates,
  refuseMissingRates,
  refuseMixedCurrencies,
  withRates,
} from "./values/numbers/currency.ts";
import { planFiles } from "./values/planFiles.ts";
import type { ValuePlan } from "./values/valuePlan.ts";

export type * from "./types.ts";

/** Snappy in row groups of this size wrote fastest and reads in parallel. */
const ROW_GROUP_ROWS = 122_880;

const MAX_UNREADABLE_LISTED = 100;

function describe(file: LoadedFile, plan: ValuePlan): FileReading {
  const unused = unusedColumns(file);
  return {
    source: file.opened.source,
    ...(file.opened.container === undefined ? {} : { container: file.opened.container }),
    format: file.format,
    rows: file.rows,
    unreadableRows: file.unreadableRows,
    unreadable: file.unreadable,
    contentHash: file.contentHash,
    bytes: file.opened.bytes,
    compression: file.opened.compression,
    encoding: file.encoding,
    delimiter: file.layout.delimiter === undefined ? "" : String.fromCharCode(file.layout.delimiter),
    header: file.layout.header,
    columns: file.mapping.columns,
    dateLayout: plan.dates.description,
    decimalMark: plan.decimalMark,
    notes: [
      ...file.notes,
      ...plan.customers.notes,
      ...(unused.length > 0 ? [`columns that play no role: ${unused.join(", ")}`] : []),
    ],
  };
}

/** With Node's own, this keeps the process below 1 GB whatever the size of a text. */
const MEMORY_LIMIT = "512MB";

/** Beyond this, as dropped, tables may not fit in the memory limit. */
const LARGE_DROP_BYTES = 64_000_000;

async function bytesOf({ files }: DropRequest): Promise<number> {
  // What is not there is told when it is opened.
  const sizes = await Promise.all(
    files.map(({ path }) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Reads dropped files of transactions into one Parquet file of canonical rows: `source`, `line_number` (bigint, 1-based
 * physical line), then text columns `customer_id, order_id, order_date, product_id, description, quantity, unit_price,
 * amount, country, currency, order_status, category, payment_method, exchange_rate, other_columns, unreadable`, and
 * `file_columns` where the request names any. Every
 * record of every file is one row, in order, files with the same columns together; one that cannot be split into
 * columns has its complaint in `unreadable` and nothing else. Dates become ISO text and numbers plain decimals where
 * they read; else they stay as found. Blank is NULL. Throws an `IngestError` that names the file, what is wrong and
 * what to do, or all files that cannot be read; then there is no output.
 */
export async function readDrop(request: DropRequest): Promise<DropReading> {
  if (request.files.length === 0) throw new IngestError("NOTHING_DROPPED", "No file was given.");
  const scratchDirectory = await mkdtemp(join(request.scratchDirectory, "ingest-"));
  const engine = await openScratchEngine({
    threads: request.threads,
    temporaryDirectory: join(scratchDirectory, "spill"),
    memoryLimit: request.memoryLimit ?? MEMORY_LIMIT,
    ...((await bytesOf(request)) > LARGE_DROP_BYTES ? { databasePath: join(scratchDirectory, "tables.duckdb") } : {}),
  });
  try {
    const gatherer = createTableGatherer(engine);
    const refusals = createRefusals();
    const maxUnreadableListed = request.maxUnreadableListed ?? MAX_UNREADABLE_LISTED;
    const options = { ...request, engine, scratchDirectory, maxUnreadableListed };
    await loadFiles(request.files, options, { gatherer, refusals });
    const loaded = await mapTables(engine, gatherer.tables, request, refusals);
    const planOf = await planFiles(engine, loaded, request);
    if (request.currency !== undefined) await loadRates(engine, request.currency);
    const canonical = rowSets(loaded).map((rows) => {
      const [file] = rows.tables;
      const rated = withRates(canonicalQuery(rows, planOf(file)), request.currency);
      return withFileColumns(rated, file.mapping.fileColumns ?? []);
    });
    const query = canonical.map((one) => `(${one})`).join(" union all ");
    await engine.run(
      `copy (${query}) to ${literal(request.outputPath)} (format parquet, compression snappy, row_group_size ${ROW_GROUP_ROWS})`,
    );
    const written = `select * from read_parquet(${literal(request.outputPath)})`;
    const sources = loaded.map(({ opened }) => opened.source);
    const currencies = hasCurrency(loaded, planOf) ? await countCurrencies(engine, written) : [];
    if (request.currency === undefined) refuseMixedCurrencies(currencies, sources);
    else await refuseMissingRates(engine, written, request.currency, sources);
    if (request.policy !== undefined) {
      await refuseUnreadValues(engine, loaded, written, request.policy.unreadLimit);
      await refuseUnknownStatuses(engine, loaded, written, request.policy.statuses);
      await refuseMarkedOrders(engine, written, request.policy);
    }
    const findings = [
      ...(await findInDrop(engine, loaded, written, request.policy)),
      ...(await unreadCellFindings(engine, loaded, planOf, request.policy?.unreadLimit ?? 1)),
    ];
    const files = loaded.map((file) => describe(file, planOf(file)));
    const sum = (pick: (file: FileReading) => number) => files.reduce((total, file) => total + pick(file), 0);
    return {
      rows: sum(({ rows }) => rows),
      unreadableRows: sum(({ unreadableRows }) => unreadableRows),
      files,
      currencies,
      findings,
    };
  } catch (error) {
    await rm(request.outputPath, { force: true });
    throw error;
  } finally {
    engine.close();
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}
