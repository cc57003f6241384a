import statusWords from "../../../domain/quality/statusWords.json" with { type: "json" };
import { withoutMarks } from "../../../domain/text/plainLetters.ts";
import synonyms from "../../columns/columnSynonyms.json" with { type: "json" };
import kindWords from "../../evidence/words/kindWords.json" with { type: "json" };
import tellingNames from "../../evidence/words/tellingNames.json" with { type: "json" };
import totalWords from "../../load/totalWords.json" with { type: "json" };
import { monthNames } from "../../values/dates/monthNames.ts";
import noCustomer from "../../values/noCustomer.json" with { type: "json" };
import currencies from "../../values/numbers/currencies.json" with { type: "json" };
import { escaped } from "../../values/numbers/numberPattern.ts";
import units from "../../values/numbers/units.json" with { type: "json" };
import columnWords from "./columnWords.json" with { type: "json" };

/** The words that shops are known to use, for those beyond ASCII. */
interface KnownWords {
  /** As they are written. */
  readonly marked: ReadonlySet<string>;
  /** Without the marks of their letters, where nothing says which those are. */
  readonly plain: ReadonlySet<string>;
  /** The beginning, the middle or the end of words: `anulow*`, `*取消*`. */
  readonly stem: RegExp;
  /** Signs and short words beside money and pieces. */
  readonly beside: ReadonlySet<string>;
}

/** All texts within a document, but for what it says of itself. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === "about" ? [] : textsIn(one)));
}

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{M}]+/u);
const isBeyondAscii = (word: string): boolean => /[^\p{ASCII}]/u.test(word);
/** Shorter words come about by chance, but where each sign is one of thousands. */
const isLong = (word: string): boolean =>
  word.length >= (/[\p{sc=Han}\p{sc=Kana}\p{sc=Hira}\p{sc=Hang}]/u.test(word) ? 2 : 3);

function stemOf(text: string): string[] {
  const found = /^=?(?<before>\*?)(?<stem>[\p{L}\p{M}]{2,})(?<after>\*?)$/u.exec(text)?.groups;
  const { before = "", stem = "", after = "" } = found ?? {};
  if (before + after === "" || !isBeyondAscii(stem)) return [];
  return [`${before === "" ? "^" : ""}${escaped(stem)}${after === "" ? "$" : ""}`];
}

function gather(): KnownWords {
  const beside = [currencies, units].flatMap(textsIn);
  const lists = [statusWords, kindWords, tellingNames, totalWords, noCustomer, columnWords].flatMap(textsIn);
  const written = [...lists, ...beside, ...monthNames().keys()].flatMap(wordsOf).filter(isLong);
  const marked = written.filter(isBeyondAscii);
  const plainOfMarked = new Set(marked.map(withoutMarks));
  // Names of columns stand in their list without marks: `codigo` for `código`.
  const names = Object.values(synonyms).flat(2).flatMap(wordsOf).filter(isLong);
  return {
    marked: new Set(marked),
    plain: new Set([...names, ...written].map(withoutMarks).filter((word) => !plainOfMarked.has(word))),
    stem: new RegExp(lists.flatMap(stemOf).join("|"), "u"),
    beside: new Set(beside.filter(isBeyondAscii)),
  };
}

let known: KnownWords | undefined;

function knownWords(): KnownWords {
  known ??= gather();
  return known;
}

/** How many letters of a word beyond ASCII are known: all, those of its stem, or none. */
export function knownLetters(word: string): number {
  const { marked, stem, plain } = knownWords();
  const text = word.toLowerCase();
  if (marked.has(text)) return [...text].length;
  const found = stem.exec(text)?.[0];
  if (found !== undefined) return [...found].length;
  return isBeyondAscii(text) && plain.has(withoutMarks(text)) ? [...text].length : 0;
}

/**
 * What a text has beyond ASCII beside a number, or alone, where that is the sign of a currency, a unit, or a blank that
 * breaks no line.
 */
export function signBesideNumber(text: string): string | undefined {
  const sign = text.toLowerCase().replace(/^[-+(]?[\d.,' ]*|[\d.,' ]*[)%]?$/g, "");
  return sign === "\u00a0" || knownWords().beside.has(sign) ? sign : undefined;
}
