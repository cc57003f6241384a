import { IngestError } from "../../errors.ts";

/** A formula that cannot be read, or names a column that is not there. */
export class FormulaError extends IngestError {}

/** What a line is worth, as a tree of columns and numbers. */
export type Formula =
  | { readonly kind: "number"; readonly text: string }
  /** 0-based index into the header. */
  | { readonly kind: "column"; readonly index: number }
  | {
      readonly kind: "operation";
      readonly sign: "+" | "-" | "*" | "/";
      readonly left: Formula;
      readonly right: Formula;
    };

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|\[([^\]]+)\]|([\p{L}_][\p{L}\p{N}_.]*)|([-+*/()−×÷]))/uy;
const SIGN: Readonly<Record<string, string>> = { "−": "-", "×": "*", "÷": "/" };
const ZERO: Formula = { kind: "number", text: "0" };

type Token = { readonly number: string } | { readonly name: string } | { readonly sign: string };

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== "") {
    const start = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) throw fault(text, `"${text.slice(start).trim().slice(0, 20)}" cannot be read`);
    const [, number, bracketed, bare, sign] = match;
    if (number !== undefined) tokens.push({ number });
    else if (sign !== undefined) tokens.push({ sign: SIGN[sign] ?? sign });
    else tokens.push({ name: (bracketed ?? bare) as string });
  }
  return tokens;
}

const fault = (text: string, why: string): FormulaError =>
  new FormulaError(
    "UNREADABLE_FORMULA",
    `--amount ${JSON.stringify(text)}: ${why}. Write columns, numbers, + - * / and parentheses, and names with blanks or signs in brackets: "Quantity * [Unit Price] - Discount".`,
    { formula: text },
  );

/**
 * Reads a formula: sums and products of columns and numbers.
 * @param indexOf the 0-based index of a column by its name or 1-based position; throws where there is none.
 * @throws FormulaError
 */
export function parseFormula(text: string, indexOf: (name: string) => number): Formula {
  const tokens = tokensOf(text);
  let at = 0;
  const nextSign = (signs: string): string | undefined => {
    const token = tokens[at];
    if (token === undefined || !("sign" in token) || !signs.includes(token.sign)) return undefined;
    at += 1;
    return token.sign;
  };
  const chain = (signs: string, operand: () => Formula): Formula => {
    let left = operand();
    for (let sign = nextSign(signs); sign !== undefined; sign = nextSign(signs))
      left = { kind: "operation", sign: sign as "+", left, right: operand() };
    return left;
  };
  const sum = (): Formula => chain("+-", () => chain("*/", factor));
  const factor = (): Formula => {
    if (nextSign("-") !== undefined) return { kind: "operation", sign: "-", left: ZERO, right: factor() };
    if (nextSign("(") !== undefined) {
      const inner = sum();
      if (nextSign(")") === undefined) throw fault(text, 'a ")" is missing');
      return inner;
    }
    const token = tokens[at++];
    if (token === undefined) throw fault(text, "it ends too early");
    if ("number" in token) return { kind: "number", text: token.number };
    if ("name" in token) return { kind: "column", index: indexOf(token.name) };
    throw fault(text, `"${token.sign}" stands where a column or a number should`);
  };
  const formula = sum();
  if (at < tokens.length) throw fault(text, "an operator is missing between two parts");
  if (columnsOf(formula).length === 0) throw fault(text, "it names no column");
  return formula;
}

/** The indexes of the columns of a formula, each once. */
export function columnsOf(formula: Formula): number[] {
  if (formula.kind === "number") return [];
  if (formula.kind === "column") return [formula.index];
  return [...new Set([...columnsOf(formula.left), ...columnsOf(formula.right)])];
}

/** How a column is named in a formula. */
export function formulaName(header: readonly string[], index: number): string {
  const name = header[index] ?? "";
  const isUnique = header.filter((other) => other.trim().toLowerCase() === name.trim().toLowerCase()).length === 1;
  if (!isUnique || name.trim() === "" || /[\][$`"\\!]/.test(name) || /^\d+$/.test(name.trim())) return `[${index + 1}]`;
  return /^[\p{L}_][\p{L}\p{N}_.]*$/u.test(name) ? name : `[${name}]`;
}
