import { ROLES, type Role } from "../../domain/roles.ts";
import { MissingColumnsError } from "../errors.ts";
import type { MappedColumn } from "../types.ts";
import { growthWithQuantity } from "./columnMoney.ts";
import { type ColumnQuestion, type Columns, columnFlag, list } from "./columnQuestions.ts";
import type { ColumnEvidence } from "./columnsByContent.ts";
import type { RoleCandidate } from "./recogniseColumns.ts";

type Proposals = ReadonlyMap<Role, readonly RoleCandidate[]>;

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

const lacksMoney = ({ amount, quantity, price }: Columns): boolean =>
  amount === undefined && (quantity === undefined || price === undefined);

/** Roles without which nothing can be segmented, and which no column has. */
const missingRoles = (columns: Columns): Role[] => [
  ...(columns.customer === undefined ? (["customer"] as const) : []),
  ...(columns.date === undefined ? (["date"] as const) : []),
  ...(lacksMoney(columns) ? (["amount"] as const) : []),
];

/** A price alone is not what was paid, unless each row is one piece. */
const loosePriceHint = ({ amount, price, quantity }: Columns): string =>
  amount === undefined && price !== undefined && quantity === undefined
    ? ` ${price.column} is a price without a quantity: if each row is one piece, --map "amount=${price.column}".`
    : "";

/** The flag that names the missing columns: the best proposals, and placeholders where there is none. */
function answerFlag(header: readonly string[], missing: readonly Role[], proposals: Proposals, isNamed: boolean) {
  const parts = missing.map((role) => {
    const best = proposals.get(role)?.[0]?.index;
    if (best === undefined) return `${role}=${PLACEHOLDER[role]}`;
    return columnFlag(header, role, best, isNamed).replace(/^--map "?|"$/g, "");
  });
  const quote = parts.some((part) => /\s/.test(part)) ? '"' : "";
  return `--map ${quote}${parts.join(",")}${quote}`;
}

/** What could be the missing roles, and what the values say about it. */
function hints(
  header: readonly string[],
  columns: Columns,
  offered: readonly Role[],
  proposals: Proposals,
  evidence: ColumnEvidence,
): string {
  const guesses = offered.map(
    (role) => ` Possible ${role}: ${proposalText(header, proposals.get(role) ?? [], evidence)}.`,
  );
  const money = proposals.get("amount")?.[0]?.index;
  const pieces = columns.quantity === undefined ? proposals.get("quantity")?.[0]?.index : columns.quantity.position - 1;
  return `${guesses.join("")}${moneyHint(evidence, money, pieces)}${loosePriceHint(columns)}`;
}

/** The question for roles without which nothing can be segmented; undefined when there are all. */
export function askMissing(
  header: readonly string[],
  columns: Columns,
  proposals: Proposals,
  evidence: ColumnEvidence,
  source: string,
): ColumnQuestion | undefined {
  const missing = missingRoles(columns);
  if (missing.length === 0) return undefined;
  const lacksQuantity = columns.amount === undefined && columns.quantity === undefined;
  const wanted = [...missing, ...(lacksQuantity ? (["quantity"] as const) : [])];
  const offered = wanted.filter((role) => proposals.has(role));
  const said = missing.map((role) => (role === "amount" ? "amount (or quantity and price)" : role));
  const recognised = ROLES.flatMap((role) =>
    columns[role] === undefined ? [] : [`${role} = ${columns[role].column}`],
  );
  const flag = answerFlag(header, missing, proposals, evidence.isNamed);
  const anyFlag = "--map customer=COLUMN,date=COLUMN,amount=COLUMN (or quantity=COLUMN,price=COLUMN)";
  const message =
    `${source}: no column is recognised as ${said.join(", ")}. Columns found: ${list(header)}. ` +
    `Recognised: ${recognised.length === 0 ? "none" : recognised.join(", ")}.` +
    `${hints(header, columns, offered, proposals, evidence)} ` +
    `Name them with ${offered.length > 0 ? `${flag}, if that is right (${anyFlag})` : anyFlag}.`;
  const error = new MissingColumnsError("MISSING_COLUMNS", message, { source, missing, header });
  // A command that names no column of the file answers nothing.
  const isWhole = missing.every((role) => (proposals.get(role)?.length ?? 0) > 0);
  return { error, roles: missing, flags: isWhole ? [flag] : [] };
}

/** Stands for a role that is asked about already. */
export const UNDECIDED: MappedColumn = { column: "?", position: 0, confidence: 0, reason: "asked" };
