import type { ScratchEngine } from "../../engine.ts";
import { UndecidableEncodingError } from "../../errors.ts";
import type { LoadedTable } from "../../load/loadedTable.ts";
import { literal } from "../../sqlText.ts";
import type { EncodingDoubt } from "./guessEncoding.ts";

/** The readings of a text with the flags that choose one. */
export function encodingQuestion(source: string, { encoding, rivals }: EncodingDoubt): UndecidableEncodingError {
  const readings = rivals.map(
    ({ encoding: other, words: [ours, theirs] }) =>
      `${JSON.stringify(ours)} as ${encoding} and ${JSON.stringify(theirs)} as ${other}`,
  );
  const flags = [encoding, ...rivals.map((rival) => rival.encoding)].map((name) => `--encoding ${name}`);
  return new UndecidableEncodingError(
    "UNDECIDABLE_ENCODING",
    `${source}: too little beyond ASCII tells how the text is encoded: it reads ${readings.join(", ")}. Say which with ${flags.join(" or ")}.`,
    { source, flags },
  );
}

/** Whether some nearly as likely encoding reads a text otherwise. */
export const isDoubtful = ({ rivals }: EncodingDoubt, text: string): boolean =>
  rivals.some(({ characters }) => characters.some((character) => text.includes(character)));

/** @throws UndecidableEncodingError where names of columns read otherwise in an encoding that is nearly as likely. */
export function refuseDoubtfulNames(source: string, doubt: EncodingDoubt, names: readonly string[]): void {
  if (names.some((name) => isDoubtful(doubt, name))) throw encodingQuestion(source, doubt);
}

/** A letter in the language of the engine's patterns. */
const codePoint = (character: string): string => `\\x{${(character.codePointAt(0) as number).toString(16)}}`;

/**
 * The question how a table's text is encoded, where values of columns that count read otherwise in an encoding that is
 * nearly as likely.
 * @param indexes the columns that count, from 0.
 */
export async function askEncoding(
  engine: ScratchEngine,
  { doubt, relation, opened }: Pick<LoadedTable, "doubt" | "relation" | "opened">,
  indexes: readonly number[],
): Promise<UndecidableEncodingError | undefined> {
  if (doubt === undefined || indexes.length === 0) return undefined;
  const characters = [...new Set(doubt.rivals.flatMap((rival) => rival.characters))];
  const pattern = literal(`[${characters.map(codePoint).join("")}]`);
  const values = `concat_ws(' ', ${indexes.map((index) => `c${index}`).join(", ")})`;
  const found = await engine.rows(`select 1 from ${relation} where regexp_matches(${values}, ${pattern}) limit 1`);
  return found.length === 0 ? undefined : encodingQuestion(opened.source, doubt);
}
