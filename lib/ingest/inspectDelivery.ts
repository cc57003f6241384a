import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Role } from "../domain/roles.ts";
import { type ColumnProfile, profileColumn } from "./columns/columnContent.ts";
import type { Understanding } from "./columns/columnMapping.ts";
import { sampleRows, type UnderstoodTable, understandTables } from "./columns/mapTables.ts";
import { determines } from "./columns/orderStructure.ts";
import { openScratchEngine, type ScratchEngine } from "./engine.ts";
import { IngestError } from "./errors.ts";
import { countStatuses, findInDrop } from "./findings/deliveryFindings.ts";
import { profileDrop } from "./findings/deliveryProfile.ts";
import type { InspectedFile, InspectedQuestion, Inspection } from "./findings/inspection.ts";
import { refuseMarkedOrders } from "./findings/markedOrders.ts";
import { refuseUnknownStatuses } from "./findings/unknownStatuses.ts";
import { refuseUnreadValues } from "./findings/unreadValues.ts";
import { createTableGatherer, rowSets } from "./load/gatherTables.ts";
import type { LoadedFile, LoadedTable } from "./load/loadedTable.ts";
import { loadFiles } from "./load/loadFile.ts";
import { createRefusals } from "./load/refusals.ts";
import { literal } from "./sqlText.ts";
import type { DropRequest, ReadingPolicy } from "./types.ts";
import { canonicalQuery } from "./values/canonicalRows.ts";
import {
  countCurrencies,
  loadRates,
  refuseMissingRates,
  refuseMixedCurrencies,
  withRates,
} from "./values/numbers/currency.ts";
import { planFiles } from "./values/planFiles.ts";
import type { ValuePlan } from "./values/valuePlan.ts";

export interface InspectRequest extends Omit<DropRequest, "outputPath"> {
  readonly policy: ReadingPolicy;
  readonly cancellationPattern: string;
}

const FLAGS_OF_CODE: Readonly<Record<string, readonly string[]>> = {
  UNDECIDABLE_DATES: ["--date-layout dmy", "--date-layout mdy"],
  CONTRADICTORY_DATES: ["--date-layout dmy", "--date-layout mdy"],
  UNDECIDABLE_DECIMALS: ["--decimal point", "--decimal comma"],
  CONTRADICTORY_DECIMALS: ["--decimal point", "--decimal comma"],
  MIXED_CURRENCIES: ["--rates FILE"],
  MISSING_RATE: ["--rates FILE"],
};

/** The answers that an error brings along. */
const ownFlags = ({ context }: IngestError): readonly string[] | undefined =>
  Array.isArray(context.flags) ? context.flags.map(String) : undefined;

const questionOf = (error: IngestError, flags: readonly string[] = []): InspectedQuestion => ({
  code: error.code,
  message: error.message,
  flags: flags.length > 0 ? flags : (ownFlags(error) ?? FLAGS_OF_CODE[error.code] ?? []),
});

/** What a column without a role holds, where that can be said. */
function unusedReason({ share, filled }: ColumnProfile, isPerCustomer: boolean): string {
  if (filled === 0) return "blank";
  if (share.email >= 0.9) return "e-mail addresses: personal data, kept, not used";
  if (share.date >= 0.9) return "dates, not used";
  if (share.number >= 0.95 && isPerCustomer) return "an attribute of the customer, kept; the clusters do not use it";
  if (share.number >= 0.95) return "numbers, kept, not used";
  return "not used";
}

async function inspectFile(
  engine: ScratchEngine,
  table: LoadedTable,
  understanding: Understanding,
  plan: ValuePlan | undefined,
): Promise<InspectedFile> {
  const rows = (await sampleRows(engine, table)).blocks.flat();
  const roles = new Map(Object.entries(understanding.columns).map(([role, { position }]) => [position, role as Role]));
  const customer = understanding.columns.customer?.position;
  const columns = table.layout.header.map((name, index) => {
    const profile = profileColumn(rows.map((row) => row[index] ?? null));
    const role = roles.get(index + 1);
    const mapped = role === undefined ? undefined : understanding.columns[role];
    const isPerCustomer = customer !== undefined && determines(rows, customer - 1, index);
    const reason = mapped?.reason ?? unusedReason(profile, isPerCustomer);
    return { position: index + 1, name, role, confidence: mapped?.confidence, reason, examples: profile.examples };
  });
  const { opened, layout } = table;
  return {
    source: opened.source,
    format: table.format,
    compression: opened.compression,
    encoding: table.encoding,
    delimiter: layout.delimiter === undefined ? "" : String.fromCharCode(layout.delimiter),
    hasHeader: layout.hasHeader,
    bytes: opened.bytes,
    rows: table.rows,
    unreadableRows: table.unreadableRows,
    unreadable: table.unreadable,
    columns,
    dateLayout: plan?.dates.description,
    decimalMark: plan?.decimalMark,
    notes: [...table.notes, ...understanding.notes, ...(plan?.customers.notes ?? [])],
  };
}

/** Runs a decision; what it would refuse is a question. */
async function orAsk<T>(questions: InspectedQuestion[], decide: () => T | Promise<T>): Promise<T | undefined> {
  try {
    return await decide();
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    questions.push(questionOf(error));
    return undefined;
  }
}

/**
 * Looks at files as `readDrop` would read them, and asks instead of refusing. Writes nothing but scratch files.
 * Throws the `IngestError` of a file that cannot be opened or parsed, or of a mapping by hand that does not fit.
 */
export async function inspectDrop(request: InspectRequest): Promise<Inspection> {
  const scratchDirectory = await mkdtemp(join(request.scratchDirectory, "inspect-"));
  const engine = await openScratchEngine({
    threads: request.threads,
    temporaryDirectory: join(scratchDirectory, "spill"),
  });
  try {
    const gatherer = createTableGatherer(engine);
    const { tables } = gatherer;
    const refusals = createRefusals();
    const options = { ...request, engine, scratchDirectory, maxUnreadableListed: request.maxUnreadableListed ?? 10 };
    await loadFiles(request.files, options, { gatherer, refusals });
    refusals.throwAny();
    const understood = await understandTables(engine, tables, request);
    const asked = new Set(understood.flatMap(({ understanding }) => understanding.questions));
    const questions: InspectedQuestion[] = [...asked].map(({ error, flags }) => questionOf(error, flags));
    const loaded = understood.map(({ table, understanding }): LoadedFile => ({ ...table, mapping: understanding }));
    const planOf = questions.length > 0 ? undefined : await orAsk(questions, () => planFiles(engine, loaded, request));
    const values =
      planOf === undefined ? undefined : await inspectValues(engine, loaded, planOf, request, scratchDirectory);
    const { currency } = request;
    if (values !== undefined) {
      const sources = tables.map(({ opened }) => opened.source);
      await orAsk(questions, () =>
        currency === undefined
          ? refuseMixedCurrencies(values.currencies, sources)
          : refuseMissingRates(engine, values.rows, currency, sources),
      );
      await orAsk(questions, () => refuseUnreadValues(engine, loaded, values.rows, request.policy.unreadLimit));
      await orAsk(questions, () => refuseUnknownStatuses(engine, loaded, values.rows, request.policy.statuses));
      await orAsk(questions, () => refuseMarkedOrders(engine, values.rows, request.policy));
    }
    const files: InspectedFile[] = [];
    for (const [index, file] of loaded.entries()) {
      const { understanding } = understood[index] as UnderstoodTable;
      files.push(await inspectFile(engine, file, understanding, planOf?.(file)));
    }
    const { currencies = [], statuses = [], findings = [], profile } = values ?? {};
    return { currencies, statuses, findings, profile, files, questions };
  } finally {
    engine.close();
    await rm(scratchDirectory, { recursive: true, force: true });
  }
}

async function inspectValues(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  planOf: (file: LoadedFile) => ValuePlan,
  { policy, cancellationPattern, currency }: InspectRequest,
  scratchDirectory: string,
): Promise<Pick<Inspection, "currencies" | "statuses" | "findings" | "profile"> & { readonly rows: string }> {
  const path = join(scratchDirectory, "canonical.parquet");
  if (currency !== undefined) await loadRates(engine, currency);
  const query = rowSets(files)
    .map((rows) => `(${withRates(canonicalQuery(rows, planOf(rows.tables[0])), currency)})`)
    .join(" union all ");
  await engine.run(`copy (${query}) to ${literal(path)} (format parquet)`);
  const rows = `select * from read_parquet(${literal(path)})`;
  return {
    rows,
    currencies: await countCurrencies(engine, rows),
    statuses: await countStatuses(engine, rows, policy.statuses),
    findings: await findInDrop(engine, files, rows, policy),
    profile: await profileDrop(engine, rows, cancellationPattern),
  };
}
