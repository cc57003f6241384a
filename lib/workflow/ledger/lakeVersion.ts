import type { Config } from "../../domain/config/config.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectStore } from "../../ports.ts";
import { writeJson } from "../lake/json.ts";
import type { StatementParameters } from "../sql/parameters.ts";
import { renderStatementFrom } from "../sql/render.ts";

/** A change of the lake's tables: a column that they get. Its file is `sql/athena/ddl/<version>_<name>.sql`. */
export interface LakeMigration {
  readonly version: number;
  /** Name of the statement. */
  readonly statement: string;
  readonly table: string;
  readonly column: string;
}

/** A statement that brings the tables up to date, and one that only succeeds where that has happened already. */
export interface TableStatement {
  readonly statement: string;
  readonly proof: string;
}

/** In ascending order, without a gap. Version 1 is what `TABLES` makes. */
export const LAKE_MIGRATIONS: readonly LakeMigration[] = [
  { version: 2, statement: "ddl/0002_ingests_written_by", table: "ingests", column: "written_by" },
  {
    ...{ version: 3, statement: "ddl/0003_transactions_file_columns" },
    ...{ table: "transactions", column: "file_columns" },
  },
];
/** The tables as a lake of version 1 had them: they are made so, and then migrated. */
const TABLES = ["ddl/transactions", "ddl/ingests", "ddl/shared_orders"] as const;

/** The version of the lakes that this program writes. */
export const LAKE_VERSION: number = LAKE_MIGRATIONS.at(-1)?.version ?? 1;

/** What every run needs; the changes after it are made where the settings of a run ask for them. */
export const USUAL_LAKE_VERSION = 2;

/** The version that the tables of a lake have after a run. */
export const versionAfter = (found: number, { fileColumns }: Pick<Config, "fileColumns">): number =>
  Object.keys(fileColumns).length > 0 ? LAKE_VERSION : Math.max(found, USUAL_LAKE_VERSION);

/** One folder for each version that the tables have reached. */
export const VERSIONS_PREFIX = "processed/versions/";

/** A lake that a newer release has changed; this one does not know how to read it. */
export class NewerLakeError extends SegmentationError {
  constructor(found: number) {
    super(
      "NEWER_LAKE",
      `The lake has version ${found}, made by a newer release of rfm; this one knows lakes up to version ${LAKE_VERSION}. Update rfm (rfm --version tells yours); nothing was changed.`,
      { found, known: LAKE_VERSION },
    );
  }
}

/** The version of the lake's tables; 1 where none is recorded, for the first releases recorded none. */
export async function lakeVersionOf(store: ObjectStore): Promise<number> {
  const objects = await store.list(VERSIONS_PREFIX);
  return objects.reduce((latest, { key }) => Math.max(latest, versionIn(key.slice(VERSIONS_PREFIX.length))), 1);
}

/** The version that the name of a folder or key below `VERSIONS_PREFIX` stands for; 1 for any other name. */
export const versionIn = (name: string): number => Number(/^(\d{4})(?:\/|$)/.exec(name)?.[1] ?? 1);

/** @returns the version of the lake's tables. @throws NewerLakeError */
export async function readableLakeVersion(store: ObjectStore): Promise<number> {
  const version = await lakeVersionOf(store);
  if (version > LAKE_VERSION) throw new NewerLakeError(version);
  return version;
}

/**
 * Notes the version that the tables have reached once the statements from an earlier one have succeeded: later runs
 * need none of them. Written by a function, for a statement of Athena's takes a second or more.
 */
export async function recordLakeVersion(store: ObjectStore, version: number, attempt: string): Promise<void> {
  const folder = String(version).padStart(4, "0");
  await writeJson(store, `${VERSIONS_PREFIX}${folder}/attempt=${attempt}.json`, { lakeVersion: version });
}

/**
 * What makes the tables where they are not there, and brings those of version `from` up to version `to`. Each
 * statement may meet its own work: one run was killed before its version was recorded, or another run is doing the
 * same. A column that is there already is an error on Athena; its proof then says that all is well.
 */
export function tableStatements(from: number, lakeUri: string, to: number = LAKE_VERSION): TableStatement[] {
  const repeated = (statement: string): TableStatement => ({ statement, proof: statement });
  const render = (name: string, parameters: StatementParameters) => renderStatementFrom(name, parameters);
  const pending = LAKE_MIGRATIONS.filter(({ version }) => version > from && version <= to);
  return [
    ...TABLES.map((name) => repeated(render(name, { lake_uri: lakeUri }))),
    ...pending.map(({ statement, table, column }) => ({
      statement: render(statement, {}),
      proof: render("ddl/prove_column", { table_name: table, column_name: column }),
    })),
  ];
}
