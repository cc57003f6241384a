import { normaliseName } from "../../columns/recogniseColumns.ts";
import { escaped } from "../../values/numbers/numberPattern.ts";
import words from "./tellingNames.json" with { type: "json" };

/** What marks a row: a state that it has come to. */
export type Mark = "cancelled" | "refunded" | "returned" | "test" | "paid";
/** What tells of a part of the money. */
export type Part = "discount" | "back" | "fee";

const listOf = (languages: Readonly<Record<string, readonly string[]>>): string[] => [
  ...new Set(Object.values(languages).flat().map(normaliseName)),
];
/** Scripts that set no blanks between words, and languages that join them, have a word within another. */
const isUnspaced = (word: string): boolean => /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]/u.test(word);
const isJoined = (word: string): boolean => word.length >= 5 || isUnspaced(word);
const whole = (word: string): string => `(?<!\\p{L})${escaped(word)}(?!\\p{L})`;

const MARKS = ["cancelled", "refunded", "returned", "test", "paid"] as const;
const NAME_OF_MARK = new Map(
  MARKS.map((mark) => [
    mark,
    new RegExp(
      `^(?:is |was |has been )?(?:order |item |line |transaction )?(?:${listOf(words[mark]).map(escaped).join("|")})(?: at| on| date| time| datetime| timestamp| flag| indicator| y n)?$`,
      "u",
    ),
  ]),
);

/** The mark that a normalised name speaks of, as a whole; undefined where it speaks of none. */
export const markOfName = (name: string): Mark | undefined => MARKS.find((mark) => NAME_OF_MARK.get(mark)?.test(name));

const within = (list: readonly string[]): string =>
  list.map((word) => (isJoined(word) ? escaped(word) : whole(word))).join("|");
const DISCOUNT = within(listOf(words.discount));
const SHARE_OR_SUM =
  "amount|amt|value|percent|percentage|pct|rate|betrag|prozent|montant|importe|valor|importo|bedrag|kwota|tutari|сумма|額|金額|金额|额|率|금액|액|율".normalize(
    "NFKD",
  );
const NAME_OF_PART: Readonly<Record<Part, RegExp>> = {
  discount: new RegExp(`(?:${DISCOUNT})`, "u"),
  back: new RegExp(within(listOf(words.back)), "u"),
  fee: new RegExp(listOf(words.fee).map(whole).join("|"), "u"),
};
const DISCOUNT_COLUMN = new RegExp(`(?:${DISCOUNT})(?: ?(?:${SHARE_OR_SUM}))*$`, "u");

/** Whether a normalised name is that of a discount, and of nothing with or after one. */
export const isDiscountName = (name: string): boolean => DISCOUNT_COLUMN.test(name);

/** Whether a normalised name speaks of a part of the money. */
export const speaksOf = (part: Part, name: string): boolean => NAME_OF_PART[part].test(name);

const PARTS = ["discount", "back", "fee"] as const;

/** Whether a rare value of a column with this normalised name can change what rows are worth, or whether they count. */
export const isTellingName = (name: string): boolean =>
  markOfName(name) !== undefined ||
  /cancel|void|storn|annul|anulad|refund|test/.test(name) ||
  PARTS.some((part) => speaksOf(part, name));
/** The words of a discount in a text in lower case, as an expression that RE2 reads, too. */
export const DISCOUNT_TEXT = [...Object.values(words.discount), ...Object.values(words.discountLines)]
  .flat()
  .map((word) => escaped(word.toLowerCase()))
  .join("|");

const TOTAL_NAME = /total|amount|betrag|summe|gesamt|montant|importe|合計|合计|金額|金额|총/;
const OTHER_NAME =
  /sub|tax|vat|mwst|steuer|ship|freight|versand|deliver|discount|rabatt|remise|refund|tip|fee|unit|due|balance|change|cost|items|qty|quantity|return|outstanding|weight|line/;

/** Whether a normalised name may be that of the total of an order. */
export const isTotalName = (name: string): boolean => TOTAL_NAME.test(name) && !OTHER_NAME.test(name);

const named = (list: Readonly<Record<string, readonly string[]>>): RegExp =>
  new RegExp(
    listOf(list)
      .map((word) => (isUnspaced(word) ? escaped(word) : whole(word)))
      .join("|"),
    "u",
  );
const [KIND, PHONE, PERSON] = [named(words.kind), named(words.phone), named(words.person)];
const COUNTS: ReadonlySet<string> = new Set(listOf(words.counts));

/** Whether a normalised name speaks of what rows are. */
export const isKindName = (name: string): boolean => KIND.test(name);
/** Whether a normalised name is that of a number of orders. */
export const isCountName = (name: string): boolean => COUNTS.has(name);
export const isPhoneName = (name: string): boolean => PHONE.test(name);
/** Whether a normalised name is that of a customer's name. */
export const isPersonName = (name: string): boolean => PERSON.test(name);
