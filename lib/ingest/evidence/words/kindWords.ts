import { DEFAULT_STATUS_PATTERNS, meaningOfStatus } from "../../../domain/quality/statuses.ts";
import { normaliseName } from "../../columns/recogniseColumns.ts";
import words from "./kindWords.json" with { type: "json" };

export type Kind = "purchase" | "payment" | "return" | "nothing" | "unknown";

const KIND_OF_WORD: ReadonlyMap<string, Kind> = new Map(
  (["purchase", "payment", "return", "nothing"] as const).flatMap((kind) =>
    Object.values(words[kind]).flatMap((list) => list.map((word) => [normaliseName(word), kind] as const)),
  ),
);

/** Returns by more than one word. */
const OF_SALES =
  /^(sales?|customer|partial|full|item|order|cash) (refund|return|credit|credit note|credit memo|reversal)s?$/;

/** What a word says that its row is. */
export function kindOf(word: string): Kind {
  const known = KIND_OF_WORD.get(normaliseName(word));
  if (known !== undefined) return known;
  if (OF_SALES.test(normaliseName(word))) return "return";
  const meaning = meaningOfStatus(word, DEFAULT_STATUS_PATTERNS);
  return ["cancelled", "refunded", "returns"].includes(meaning) ? "return" : "unknown";
}
