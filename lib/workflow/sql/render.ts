import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { customerIdSql, erasedIdSql } from "../../domain/customerId.ts";
import { StatementError, StatementParameterError } from "./errors.ts";
import { encodeParameter, isParameterName, type ParameterName, type StatementParameters } from "./parameters.ts";

const PLACEHOLDER = /\{\{\s*([a-z_]+[0-9]?)\s*\}\}/g;
/** Partials that are made from code, by what they say of a column. */
const MADE_PARTIALS: Readonly<Record<string, (column: string) => string>> = {
  customer_identity: customerIdSql,
  erased_identity: erasedIdSql,
};
/** A column, or a part of one. */
const COLUMN = /^([a-z_]+(\.[a-z_]+)?|split_part\([a-z_]+, '[ |]+', [0-9]\))$/;
const INCLUDE = /\{\{>\s*([a-z_]+)((?:\s+[a-z_]+="[^"{}]*")*)\s*\}\}/g;
const ARGUMENT = /([a-z_]+)="([^"]*)"/g;
const DEFAULT_DIRECTORY = fileURLToPath(new URL("../../../sql/athena/", import.meta.url));

/** Renders the statements of one folder of SQL files. */
export interface StatementRenderer {
  /**
   * The text of a statement (`build_features`, `ddl/transactions`, `marts/by_month`, …), headed by a comment that names
   * it.
   * @throws StatementError when there is no such statement.
   * @throws StatementParameterError when a parameter is unknown, missing, not used by the statement, or not of its
   * form.
   */
  render(name: string, parameters: StatementParameters): string;
  /** Names of the parameters that a statement needs, in alphabetical order. */
  parametersOf(name: string): readonly ParameterName[];
  /** As `render`, but takes from `available` just what the statement needs. */
  renderFrom(name: string, available: StatementParameters): string;
}

/** A renderer over `<directory>/<name>.sql` and `<directory>/partials/<name>.sql`; files are read once. */
export function createStatementRenderer(directory: string = DEFAULT_DIRECTORY): StatementRenderer {
  const templates = new Map<string, string>();
  const template = (name: string): string => {
    const known = templates.get(name);
    if (known !== undefined) return known;
    const expanded = expandIncludes(directory, loadTemplate(directory, name));
    templates.set(name, expanded);
    return expanded;
  };
  const parametersOf = (name: string): ParameterName[] => namesIn(name, template(name));
  const render = (name: string, parameters: StatementParameters): string =>
    `-- ${name}\n${substitute(name, template(name), parametersOf(name), parameters)}\n`;
  const renderFrom = (name: string, available: StatementParameters): string => {
    const wanted = parametersOf(name).flatMap((key) => (available[key] === undefined ? [] : [[key, available[key]]]));
    return render(name, Object.fromEntries(wanted));
  };
  return { render, parametersOf, renderFrom };
}

function loadTemplate(directory: string, name: string): string {
  const file = `${directory}/${name}.sql`;
  if (!/^[a-z_]+(\/[a-z0-9_]+)?$/.test(name) || !existsSync(file)) {
    throw new StatementError(`There is no statement ${JSON.stringify(name)}.`, { name });
  }
  // Comments and indentation count towards the limits of Athena and of Step Functions' state; they are for readers of
  // the files.
  const lines = readFileSync(file, "utf8").split("\n");
  return lines
    .map((line) => line.trimStart())
    .filter((line) => !line.startsWith("--"))
    .join("\n")
    .trim();
}

function expandIncludes(directory: string, text: string): string {
  return text.replace(INCLUDE, (_match, name: string, argumentText: string) => {
    const fixed = new Map<string, string>();
    for (const [, key, value] of argumentText.matchAll(ARGUMENT)) fixed.set(key as string, value as string);
    const made = MADE_PARTIALS[name];
    if (made !== undefined) return made(columnOf(name, fixed));
    const partial = expandIncludes(directory, loadTemplate(directory, `partials/${name}`));
    return partial.replace(PLACEHOLDER, (whole, key: string) => {
      const value = fixed.get(key);
      return value === undefined || !isParameterName(key) ? whole : encodeParameter(key, value);
    });
  });
}

function columnOf(partial: string, fixed: ReadonlyMap<string, string>): string {
  const column = fixed.get("column");
  if (column !== undefined && COLUMN.test(column)) return column;
  throw new StatementError(`The partial ${partial} needs the name of a column.`, { partial, column });
}

function namesIn(statement: string, text: string): ParameterName[] {
  const names = [...new Set([...text.matchAll(PLACEHOLDER)].map(([, key]) => key as string))].sort();
  for (const key of names) {
    if (!isParameterName(key)) {
      throw new StatementParameterError(`The statement ${statement} uses the undeclared parameter ${key}.`, {
        statement,
        key,
      });
    }
  }
  return names as ParameterName[];
}

function substitute(
  statement: string,
  text: string,
  needed: readonly ParameterName[],
  given: StatementParameters,
): string {
  const missing = needed.filter((key) => given[key] === undefined);
  const unused = Object.keys(given).filter((key) => !needed.includes(key as ParameterName));
  if (missing.length > 0 || unused.length > 0) {
    const complaints = [
      ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
      ...(unused.length > 0 ? [`does not use ${unused.join(", ")}`] : []),
    ];
    throw new StatementParameterError(`The statement ${statement} ${complaints.join(" and ")}.`, {
      statement,
      missing,
      unused,
    });
  }
  return text.replace(PLACEHOLDER, (_match, key: ParameterName) => encodeParameter(key, given[key] as string));
}

const defaultRenderer = createStatementRenderer();

/**
 * `render` over the product's own SQL files.
 * @example
 * ```ts
 * const sql = renderStatement("ddl/prove_column", { table_name: "ingests", column_name: "source" });
 * sql.trim().split("\n").at(-1); // → "select source from ingests where false"
 * ```
 */
export const renderStatement = defaultRenderer.render;
/** `renderFrom` over the product's own SQL files. */
export const renderStatementFrom = defaultRenderer.renderFrom;
/** `parametersOf` over the product's own SQL files. */
export const statementParameters = defaultRenderer.parametersOf;
