import statusWords from "../../../domain/quality/statusWords.json" with { type: "json" };
import { withoutMarks } from "../../../domain/text/plainLetters.ts";
import synonyms from "../../columns/columnSynonyms.json" with { type: "json" };
import kindWords from "../../evidence/words/kindWords.json" with { type: "json" };
import tellingNames from "../../evidence/words/tellingNames.json" with { type: "json" };
import totalWords from "../../load/totalWords.json" with { type: "json" };
import noCustomer from "../../values/noCustomer.json" with { type: "json" };
import currencies from "../../values/numbers/currencies.json" with { type: "json" };
import { escaped } from "../../values/numbers/numberPattern.ts";
import units from "../../values/numbers/units.json" with { type: "json" };

/** All texts within a document, but for what it says of itself. */
function textsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) => (key === "about" ? [] : textsIn(one)));
}

/** Shorter words come about by chance, but where each sign is one of thousands. */
const isLong = (word: string): boolean =>
  word.length >= (/[\p{sc=Han}\p{sc=Kana}\p{sc=Hira}\p{sc=Hang}]/u.test(word) ? 2 : 3);

const wordsOf = (text: string): string[] => text.toLowerCase().split(/[^\p{L}\p{M}]+/u);
const isBeyondAscii = (word: string): boolean => /[^\p{ASCII}]/u.test(word);

const all = [statusWords, kindWords, tellingNames, totalWords, noCustomer, currencies, units].flatMap(textsIn);
/** Names of columns stand in their list without marks: `codigo` for `código`. */
const names = Object.values(synonyms).flat(2).flatMap(wordsOf);
const marked = all.flatMap(wordsOf).filter((word) => isLong(word) && isBeyondAscii(word));
const MARKED: ReadonlySet<string> = new Set(marked);
const PLAIN_OF_MARKED: ReadonlySet<string> = new Set(marked.map(withoutMarks));
const PLAIN: ReadonlySet<string> = new Set(
  [...names, ...all.flatMap(wordsOf)]
    .filter((word) => isLong(word) && !MARKED.has(word))
    .map(withoutMarks)
    .filter((word) => !PLAIN_OF_MARKED.has(word)),
);

/** The beginning, the middle or the end of words: `anulow*`, `*取消*`. */
const STEM = new RegExp(
  all
    .flatMap((text) => {
      const { before, stem, after } =
        /^=?(?<before>\*?)(?<stem>[\p{L}\p{M}]{2,})(?<after>\*?)$/u.exec(text)?.groups ?? {};
      if (stem === undefined || (before === after && after === "") || !isBeyondAscii(stem)) return [];
      return [`${before === "" ? "^" : ""}${escaped(stem)}${after === "" ? "$" : ""}`];
    })
    .join("|"),
  "u",
);

/** How many letters of a word beyond ASCII are known: all, those of its stem, or none. */
export function knownLetters(word: string): number {
  const text = word.toLowerCase();
  if (MARKED.has(text)) return [...text].length;
  const stem = STEM.exec(text)?.[0];
  if (stem !== undefined) return [...stem].length;
  return isBeyondAscii(text) && PLAIN.has(withoutMarks(text)) ? [...text].length : 0;
}
