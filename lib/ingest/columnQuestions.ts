import { growthWithQuantity, moneyOfProducts } from "../domain/columnMoney.ts";
import { compactName, DECISIVE_ROLES, normaliseName, ROLES, type Role, type RoleCandidate } from "../domain/columns.ts";
import type { ColumnEvidence } from "../domain/columnsByContent.ts";
import {
  AmbiguousColumnError,
  DuplicateColumnError,
  type IngestError,
  MissingColumnsError,
  NoHeaderError,
} from "./errors.ts";
import type { MappedColumn } from "./types.ts";

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

/** A first line is data when none of its fields is a known name and some field is a number or a date. */
export function firstLineIsData(header: readonly string[], source: string): ColumnQuestion | undefined {
  const data = header.filter((name) => /^[-+(]?[$€£]?[\d.,:/ -]*\d[\d.,:/ -]*[)%]?$/.test(name));
  if (data.length === 0) return undefined;
  const error = new NoHeaderError(
    "no_header",
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
      ? new DuplicateColumnError("duplicate_column", message, context)
      : new AmbiguousColumnError("ambiguous_column", message, context);
    questions.push({ error, roles: [role], flags });
  }
  return { questions, notes };
}

const PLACEHOLDER: Partial<Record<Role, string>> = { customer: "CUST_ID", date: "DATE", amount: "TOTAL" };

/** What the values say about columns that could be a missing role. */
function proposalText(
  header: readonly string[],
  candidates: readonly RoleCandidate[],
  evidence: ColumnEvidence,
): string {
  return candidates
    .slice(0, 4)
    .map(({ index, reason }) => {
      const examples = evidence.profiles[index]?.examples.slice(0, 2).join(", ") ?? "";
      const name = evidence.isNamed ? `column ${index + 1} (${JSON.stringify(header[index])})` : `column ${index + 1}`;
      return `${name}, like ${examples}: ${reason}`;
    })
    .join("; ");
}

/** Money of unknown kind beside pieces: whether it grows with them. */
function moneyHint(evidence: ColumnEvidence, money: number | undefined, quantity: number | undefined): string {
  if (money === undefined || quantity === undefined) return "";
  const growth = growthWithQuantity(evidence.rows, money, quantity);
  if (growth === undefined) return "";
  const speaksFor = growth >= 1.5 ? "amount" : growth <= 1.1 ? "price" : undefined;
  if (speaksFor === undefined) return "";
  return ` Column ${money + 1} is ${growth.toFixed(1)} times as high where column ${quantity + 1} is above 1, which speaks for ${speaksFor}.`;
}

/** The question for roles without which nothing can be segmented; undefined when there are all. */
export function askMissing(
  header: readonly string[],
  columns: Columns,
  proposals: ReadonlyMap<Role, readonly RoleCandidate[]>,
  evidence: ColumnEvidence,
  source: string,
): ColumnQuestion | undefined {
  const lacksMoney = columns.amount === undefined && (columns.quantity === undefined || columns.price === undefined);
  const missing = [
    ...(columns.customer === undefined ? (["customer"] as const) : []),
    ...(columns.date === undefined ? (["date"] as const) : []),
    ...(lacksMoney ? (["amount"] as const) : []),
  ];
  if (missing.length === 0) return undefined;
  const offered = [...missing, ...(lacksMoney && columns.quantity === undefined ? (["quantity"] as const) : [])].filter(
    (role) => proposals.has(role),
  );
  const said = missing.map((role) => (role === "amount" ? "amount (or quantity and price)" : role));
  const recognised = ROLES.flatMap((role) =>
    columns[role] === undefined ? [] : [`${role} = ${columns[role].column}`],
  );
  const guesses = offered.map(
    (role) => ` Possible ${role}: ${proposalText(header, proposals.get(role) ?? [], evidence)}.`,
  );
  const money = proposals.get("amount")?.[0]?.index;
  const pieces = columns.quantity === undefined ? proposals.get("quantity")?.[0]?.index : columns.quantity.position - 1;
  const loosePrice =
    lacksMoney && columns.price !== undefined && columns.quantity === undefined
      ? ` ${columns.price.column} is a price without a quantity: if each row is one piece, --map "amount=${columns.price.column}".`
      : "";
  const answer = missing.map((role) => {
    const best = proposals.get(role)?.[0]?.index;
    return best === undefined
      ? `${role}=${PLACEHOLDER[role]}`
      : columnFlag(header, role, best, evidence.isNamed).replace(/^--map "?|"$/g, "");
  });
  const quote = answer.some((part) => /\s/.test(part)) ? '"' : "";
  const flag = `--map ${quote}${answer.join(",")}${quote}`;
  const error = new MissingColumnsError(
    "missing_columns",
    `${source}: no column is recognised as ${said.join(", ")}. Columns found: ${list(header)}. Recognised: ${
      recognised.length === 0 ? "none" : recognised.join(", ")
    }.${guesses.join("")}${moneyHint(evidence, money, pieces)}${loosePrice} Name them with ${
      offered.length > 0 ? `${flag}, if that is right (` : ""
    }--map customer=COLUMN,date=COLUMN,amount=COLUMN (or quantity=COLUMN,price=COLUMN)${offered.length > 0 ? ")" : ""}.`,
    { source, missing, header },
  );
  return { error, roles: missing, flags: [flag] };
}

/** Names of Amazon's reports, where the price is the line's; some other shops may have the same. */
const isAmazonLike = (price: MappedColumn, quantity: MappedColumn): boolean =>
  compactName(price.column) === "itemprice" && compactName(quantity.column) === "quantitypurchased";

/**
 * The question about a price by its name that by its values is what the whole line cost, or that may be so: multiplied by the quantity it
 * would count too often.
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
    "line_or_unit_price",
    `${source}: ${doubt}. Say which: ${flags[0]} for the line, or ${flags[1]} for one piece.`,
    { source, role: "price", column: price.column },
  );
  return { error, roles: ["price", "amount"], flags };
}
