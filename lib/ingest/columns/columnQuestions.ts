import { DECISIVE_ROLES, type Role } from "../../domain/roles.ts";
import { AmbiguousColumnError, DuplicateColumnError, type IngestError, NoHeaderError } from "../errors.ts";
import { isPersonName } from "../evidence/words/tellingNames.ts";
import type { MappedColumn } from "../types.ts";
import { moneyOfProducts } from "./columnMoney.ts";
import type { ColumnEvidence } from "./columnsByContent.ts";
import { compactName, normaliseName, type RoleCandidate } from "./recogniseColumns.ts";

export type Columns = Readonly<Partial<Record<Role, MappedColumn>>>;

/** Something that only a person can decide, with the flags that decide it. */
export interface ColumnQuestion {
  readonly error: IngestError;
  /** Roles that the question is about. */
  readonly roles: readonly Role[];
  /** Answers, the likeliest first, as arguments of the command line. */
  readonly flags: readonly string[];
}

export const list = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(", ");

/** How a column is named on the command line: by name, or by position where the name is no good for it. */
export function columnFlag(header: readonly string[], role: Role, index: number, isNamed = true): string {
  const name = header[index] as string;
  const isUnique = header.filter((other) => normaliseName(other) === normaliseName(name)).length === 1;
  const isPlain = isNamed && isUnique && name !== "" && !/[,="']/.test(name) && !/^\d+$/.test(name);
  if (!isPlain) return `--map ${role}=${index + 1}`;
  return /\s|[$&;|<>()#*?!]/.test(name) ? `--map "${role}=${name}"` : `--map ${role}=${name}`;
}

/** The columns, from 0, that something depends on: all but names of people and of goods, which are only shown. */
export const countingColumns = (header: readonly string[], { description, customer }: Columns): number[] =>
  header.flatMap((name, i) => {
    const isShown = description?.position === i + 1 || isPersonName(normaliseName(name));
    return isShown && customer?.position !== i + 1 ? [] : [i];
  });

/** A first line is data when none of its fields is a known name and some field is a number or a date. */
export function firstLineIsData(header: readonly string[], source: string): ColumnQuestion | undefined {
  const data = header.filter((name) => /^[-+(]?[$€£]?[\d.,:/ -]*\d[\d.,:/ -]*[)%]?$/.test(name));
  if (data.length === 0) return undefined;
  const error = new NoHeaderError(
    "NO_HEADER",
    `${source}: the first line looks like data, not like column names (${list(header.slice(0, 8))}). Add a first line with names, like customer_id,order_id,order_date,quantity,unit_price.`,
    { source },
  );
  return { error, roles: [], flags: [] };
}

/** Questions about roles for which several columns are equally good; notes where it hardly matters. */
export function askAmbiguous(
  header: readonly string[],
  ambiguous: ReadonlyMap<Role, readonly RoleCandidate[]>,
  source: string,
): { questions: ColumnQuestion[]; notes: string[] } {
  const questions: ColumnQuestion[] = [];
  const notes: string[] = [];
  for (const [role, candidates] of ambiguous) {
    const names = candidates.map(({ index }) => header[index] as string);
    const flags = candidates.map(({ index }) => columnFlag(header, role, index));
    if (!DECISIVE_ROLES.includes(role)) {
      notes.push(
        `${candidates.length} columns could be the ${role} (${list(names)}); none is used: choose with ${flags[0]}.`,
      );
      continue;
    }
    const positions = candidates.map(({ index }) => index + 1).join(" and ");
    const message = `${source}: columns ${positions} (${list(names)}) could each be the ${role}. Say which: ${flags.join(" or ")}.`;
    const isDuplicate = new Set(names.map(normaliseName)).size < names.length;
    const context = { source, role, columns: names };
    const error = isDuplicate
      ? new DuplicateColumnError("DUPLICATE_COLUMN", message, context)
      : new AmbiguousColumnError("AMBIGUOUS_COLUMN", message, context);
    questions.push({ error, roles: [role], flags });
  }
  return { questions, notes };
}

/** Names of Amazon's reports, where the price is the line's; some other shops may have the same. */
const isAmazonLike = (price: MappedColumn, quantity: MappedColumn): boolean =>
  compactName(price.column) === "itemprice" && compactName(quantity.column) === "quantitypurchased";

/**
 * The question about a price by its name that by its values is what the whole line cost, or that may be so: multiplied
 * by the quantity it would count too often.
 */
export function askLineOrUnitPrice(
  header: readonly string[],
  columns: Columns,
  rows: ColumnEvidence["rows"],
  source: string,
): ColumnQuestion | undefined {
  const { price, quantity, amount } = columns;
  if (price === undefined || quantity === undefined || amount !== undefined) return undefined;
  if (price.confidence === 1 && /unit|each|lineitem/.test(normaliseName(price.column))) return undefined;
  const product = columns.product ?? columns.description;
  const verdict =
    product === undefined
      ? undefined
      : moneyOfProducts(rows, {
          money: price.position - 1,
          quantity: quantity.position - 1,
          product: product.position - 1,
        });
  if (verdict !== "line" && (verdict === "unit" || !isAmazonLike(price, quantity))) return undefined;
  const flags = (["amount", "price"] as const).map((role) => columnFlag(header, role, price.position - 1));
  const name = JSON.stringify(price.column);
  const doubt =
    verdict === "line"
      ? `column ${name} is named like the price of one piece, but for the same ${JSON.stringify(product?.column)} it grows with ${JSON.stringify(quantity.column)}, as the price of the whole line does`
      : `column ${name} may be the price of one piece, or of the whole line as in Amazon's reports, whose names these are`;
  const error = new AmbiguousColumnError(
    "LINE_OR_UNIT_PRICE",
    `${source}: ${doubt}. Say which: ${flags[0]} for the line, or ${flags[1]} for one piece.`,
    { source, role: "price", column: price.column },
  );
  return { error, roles: ["price", "amount"], flags };
}
