import type { Role } from "../../../domain/roles.ts";
import type { ScratchEngine } from "../../engine.ts";
import { columnsOf } from "../../evidence/answers/formula.ts";
import type { LoadedFile } from "../../load/loadedTable.ts";
import { literal } from "../../sqlText.ts";
import type { DecimalMark, ReadColumn } from "../../types.ts";
import { roleColumn, trimmedValues, trimSql } from "../roleValues.ts";
import { CutNumbersError, LedgerSidesError, MixedUnitsError } from "./numberErrors.ts";
import { escaped } from "./numberPattern.ts";
import { numberShapeSql, type ReadNumber, readNumberShape } from "./numberShape.ts";
import { decideDecimalMark, type NumberEvidence, PLAIN_NUMBER, POINTED_THOUSAND } from "./numberStyle.ts";
import type { NumberKind, Token } from "./numberTokens.ts";

export const NUMBER_ROLES: readonly Role[] = ["quantity", "price", "amount"];

/** How the numbers of files with one header are written. */
export interface NumberPlan {
  readonly decimalMark: DecimalMark;
  /** What stands beside the digits in each role. */
  readonly tokens: ReadonlyMap<Role, ReadonlyMap<string, Token>>;
  /** The same by 0-based columns: of the formula of what a line is worth, and of those that the settings name. */
  readonly columnTokens: ReadonlyMap<number, ReadonlyMap<string, Token>>;
}

/** A way in which numbers of a role are written, with its rows. */
interface FoundShape {
  readonly rows: number;
  readonly example: string;
  readonly isPlain: boolean;
  /** Undefined where it is not a number. */
  readonly read: ReadNumber | undefined;
}

const kindOf = (role: Role): NumberKind => (role === "quantity" ? "quantity" : "money");

async function findShapes(engine: ScratchEngine, files: readonly LoadedFile[], role: Role): Promise<FoundShape[]> {
  const isPlain = `regexp_full_match(v, ${literal(PLAIN_NUMBER)})`;
  const rows = await engine.rows(
    `select shape, cast(sum(n) as double), min(v), bool_and(is_plain)
     from (select ${numberShapeSql("v")} as shape, v, n, ${isPlain} as is_plain from ${trimmedValues(files, role)} where v is not null)
     group by shape order by 2 desc, 1 limit 10000`,
  );
  return rows.map(([shape, count, example, plain]) => ({
    rows: Number(count),
    example: String(example),
    isPlain: plain === true,
    read: readNumberShape(String(shape), kindOf(role)),
  }));
}

function evidenceOf(column: string, kind: NumberKind, shapes: readonly FoundShape[]): NumberEvidence {
  const only = (mark: DecimalMark): number =>
    shapes.reduce((sum, { rows, read }) => sum + (read?.marks.length === 1 && read.marks[0] === mark ? rows : 0), 0);
  const ambiguous = shapes.filter(({ read }) => read?.isAmbiguous === true);
  const example = ambiguous[0] ?? shapes.find(({ isPlain }) => !isPlain);
  return {
    column,
    kind,
    point: only("point"),
    comma: only("comma"),
    either: ambiguous.reduce((sum, { rows }) => sum + rows, 0),
    example: example?.example ?? null,
  };
}

/** Up to three values of a role that match, with their lines: `"5 Cr" in line 4`. */
async function exampleLines(engine: ScratchEngine, file: LoadedFile, role: Role, condition: string): Promise<string[]> {
  const rows = await engine.rows(
    `select v, min(line_number) from (select ${trimSql(roleColumn(file, role) ?? "''")} as v, line_number from ${file.relation})
     where ${condition} group by v order by 2 limit 3`,
  );
  return rows.map(([value, line]) => `${JSON.stringify(value)} in line ${String(line)}`);
}

/** Two decimals and five are what spreadsheets show; no amount of a shop has twelve digits. */
const CUT = "^-?[0-9]([.,]([0-9]{2}|[0-9]{5})[eE][+][0-9]{2}|([.,][0-9]+)?[eE][+]?(1[1-9]|[2-9][0-9]))$";

/** The files with another column in the place of that of a role. */
const withColumn = (files: readonly LoadedFile[], index: number, role: Role): LoadedFile[] =>
  files.map((file) => {
    const column = file.layout.header[index] as string;
    const columns = { [role]: { column, position: index + 1, confidence: 1, reason: "by the settings" } };
    return { ...file, mapping: { ...file.mapping, columns } };
  });

interface Found {
  readonly role: Role;
  readonly column: string;
  readonly shapes: readonly FoundShape[];
  readonly tokens: ReadonlyMap<string, Token>;
}

/** @throws CutNumbersError */
async function refuseCut(engine: ScratchEngine, files: readonly LoadedFile[], { role, column }: Found): Promise<void> {
  const isCut = `regexp_full_match(v, ${literal(CUT)})`;
  if ((await engine.rows(`select 1 from ${trimmedValues(files, role)} where ${isCut} limit 1`)).length === 0) return;
  for (const file of files) {
    const lines = await exampleLines(engine, file, role, isCut);
    if (lines.length > 0) throw new CutNumbersError(file.opened.source, column, lines);
  }
}

/** @throws CutNumbersError, MixedUnitsError, LedgerSidesError */
async function refuseUnclear(engine: ScratchEngine, files: readonly LoadedFile[], found: Found): Promise<void> {
  await refuseCut(engine, files, found);
  const { role, column, shapes, tokens } = found;
  // What stands beside the digits is known of all files together.
  const [file] = files as [LoadedFile];
  const { source } = file.opened;
  const words = [...tokens];
  const anyOf = (some: readonly string[]): string =>
    `regexp_full_match(lower(v), ${literal(`(.*[0-9 .,)])?(${some.map(escaped).join("|")})([0-9 (].*)?`)})`;
  const units = Map.groupBy(
    words.flatMap(([word, token]) => (token.kind === "unit" ? [{ word, ...token }] : [])),
    ({ measure }) => measure,
  );
  for (const same of units.values()) {
    if (new Set(same.map(({ unit }) => unit)).size < 2) continue;
    const lines = await Promise.all(same.map(({ word }) => exampleLines(engine, file, role, anyOf([word]))));
    throw new MixedUnitsError(source, column, lines.flatMap((some) => some.slice(0, 1)).slice(0, 3));
  }
  const sides = words.flatMap(([word, token]) => (token.kind === "ledger" ? [{ word, side: token.side }] : []));
  if (sides.length === 0) return;
  const isMarked = ({ read }: FoundShape): boolean =>
    [...(read?.tokens.values() ?? [])].some(({ kind }) => kind === "ledger");
  const isOneSided = new Set(sides.map(({ side }) => side)).size === 1;
  // Where every amount stands on one side, it is the shop's.
  if (isOneSided && shapes.every((shape) => shape.read === undefined || isMarked(shape))) return;
  throw new LedgerSidesError(
    source,
    column,
    await exampleLines(engine, file, role, anyOf(sides.map(({ word }) => word))),
  );
}

/** Columns of numbers that the settings name, and whose cells do not tell by themselves how they are written. */
export async function unclearColumns(engine: ScratchEngine, files: readonly LoadedFile[]): Promise<ReadColumn[]> {
  const unclear: ReadColumn[] = [];
  for (const column of (files[0]?.mapping.fileColumns ?? []).filter(({ holds }) => holds !== "category")) {
    // A workbook and JSON may hold numbers as such.
    if (files.every(({ numericColumns }) => numericColumns?.has(column.index) === true)) continue;
    const isUnclear = `not regexp_full_match(v, ${literal(PLAIN_NUMBER)}) or regexp_full_match(v, '-?${POINTED_THOUSAND}')`;
    const cells = trimmedValues(withColumn(files, column.index, "amount"), "amount");
    if ((await engine.rows(`select 1 from ${cells} where ${isUnclear} limit 1`)).length > 0) unclear.push(column);
  }
  return unclear;
}

/**
 * Decides how numbers are written, from all rows of the files together.
 * @param others columns beside those with a role, from `unclearColumns`.
 * @throws as `decideDecimalMark` and `refuseUnclear`
 */
export async function planNumbers(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  roles: readonly Role[],
  requested: DecimalMark | undefined,
  others: readonly ReadColumn[] = [],
): Promise<NumberPlan> {
  const [first] = files as [LoadedFile];
  const find = async (some: readonly LoadedFile[], role: Role): Promise<Found> => {
    const shapes = await findShapes(engine, some, role);
    const tokens = new Map(shapes.flatMap(({ read }) => [...(read?.tokens ?? [])]));
    return { role, column: some[0]?.mapping.columns[role]?.column ?? role, shapes, tokens };
  };
  const found: Found[] = [];
  for (const role of NUMBER_ROLES.filter((name) => roles.includes(name))) {
    found.push(await find(files, role));
  }
  const formula = first.mapping.reading?.amount?.formula;
  const computed = new Map<number, Found>();
  const ofFormula = (formula === undefined ? [] : columnsOf(formula)).map((index) => [index, "amount"] as const);
  const named = others.map(({ index, holds }) => [index, holds === "money" ? "amount" : "quantity"] as const);
  for (const [index, role] of new Map([...named, ...ofFormula])) {
    const some = withColumn(files, index, role);
    const one = await find(some, role);
    computed.set(index, one);
    await refuseUnclear(engine, some, one);
  }
  const hasAmount = roles.includes("amount");
  for (const one of found) {
    // Beside amounts, pieces decide nothing but their sign.
    if (one.role === "quantity" && hasAmount) continue;
    await refuseUnclear(engine, files, one);
  }
  const evidence = [...found, ...computed.values()].map(({ role, column, shapes }) =>
    evidenceOf(column, kindOf(role), shapes),
  );
  return {
    decimalMark: decideDecimalMark(evidence, requested, first.opened.source),
    tokens: new Map(found.map(({ role, tokens }) => [role, tokens])),
    columnTokens: new Map([...computed].map(([index, { tokens }]) => [index, tokens])),
  };
}
