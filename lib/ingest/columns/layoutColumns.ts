import { ROLES } from "../../domain/roles.ts";
import { MissingColumnsError } from "../errors.ts";
import type { Chosen } from "../evidence/answers/mapByHand.ts";
import { fitRole } from "./columnFit.ts";
import { columnNamed, type KnownLayout } from "./columnLayouts.ts";
import type { ColumnQuestion, Columns } from "./columnQuestions.ts";
import type { ColumnEvidence } from "./columnsByContent.ts";
import { isDoubted } from "./recogniseColumns.ts";

/** Adds the roles of a published layout to `chosen`, where the values allow them. Returns notes. */
export function mapByLayout(
  layout: KnownLayout | undefined,
  header: readonly string[],
  chosen: Chosen,
  profiles: ColumnEvidence["profiles"],
): string[] {
  if (layout === undefined) return [];
  const isTaken = (index: number): boolean => [...chosen.values()].some(({ position }) => position === index + 1);
  const added = ROLES.flatMap((role) => {
    const name = layout.roles[role];
    const index = name === undefined ? undefined : columnNamed(header, name);
    if (index === undefined || chosen.has(role) || isTaken(index)) return [];
    if (fitRole(role, profiles[index]).verdict < 0) return [];
    const reason = `in ${layout.name} ${layout.reason}`;
    chosen.set(role, { column: header[index] as string, position: index + 1, confidence: 1, reason });
    return [`${role} = ${JSON.stringify(header[index])}`];
  });
  if (layout.amount !== undefined)
    return [`${added.join(", ")}: in ${layout.name} ${layout.reason} (${layout.amount}).`];
  return added.length === 0 ? [] : [`${added.join(", ")}: in ${layout.name} ${layout.reason}.`];
}

/**
 * What a line is worth in a published layout, as a formula; undefined where it says nothing, or where a currency has no
 * hundredths: yen are whole in the smallest unit.
 */
export function layoutAmount(
  layout: KnownLayout | undefined,
  header: readonly string[],
  wordsOf: (index: number) => ReadonlyMap<string, unknown>,
): string | undefined {
  const currency = columnNamed(header, "currency");
  if (layout?.amount === undefined || currency === undefined) return undefined;
  const hasHundredths = (code: string): boolean => {
    if (!/^[a-z]{3}$/.test(code)) return false;
    return (
      new Intl.NumberFormat("en", { style: "currency", currency: code }).resolvedOptions().maximumFractionDigits === 2
    );
  };
  return [...wordsOf(currency).keys()].every(hasHundredths) ? layout.amount : undefined;
}

/**
 * The question that replaces all others where a file is of a published layout that lacks what is needed; undefined
 * where it is not. `missing` is what `askMissing` asks.
 */
export function askKnownLayout(
  layout: KnownLayout | undefined,
  columns: Columns,
  missing: ColumnQuestion | undefined,
  source: string,
): ColumnQuestion | undefined {
  const hasDate = columns.date !== undefined && !isDoubted(columns.date);
  if (layout?.lacks === undefined || (missing === undefined && hasDate)) return undefined;
  const roles = missing?.roles ?? ["date"];
  const error = new MissingColumnsError(
    "MISSING_COLUMNS",
    `${source} has the columns of ${layout.name} and ${layout.lacks}.`,
    { source, layout: layout.name, missing: roles },
  );
  return { error, roles, flags: [] };
}
