import { literal } from "../../sqlText.ts";
import { isEnglish, monthReplacements, type Replacement, replaceAll } from "./monthNames.ts";

interface EnglishShapes<T> {
  readonly shapes: readonly T[];
  /** Longest first, so that "mars" goes before "mar". */
  readonly replacements: readonly Replacement[];
}

/** Shapes with English months, the only ones that the engine knows, and what must be replaced in the values for it. */
export function inEnglish<T extends { readonly shape: string }>(found: readonly T[]): EnglishShapes<T> {
  const ofShapes = found.map(({ shape }) => monthReplacements(shape));
  if (ofShapes.flat().every(isEnglish)) return { shapes: found, replacements: [] };
  const replacements = [...new Map(ofShapes.flat())].sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
  const shapes = found.map((one, i) => ({ ...one, shape: replaceAll(one.shape, ofShapes[i] ?? []) }));
  return { shapes, replacements };
}

/** SQL of a value in lower case with the replacements made; the value itself where there are none. */
export const replaceSql = (value: string, replacements: readonly Replacement[]): string =>
  replacements.length === 0
    ? value
    : replacements.reduce((sql, [from, to]) => `replace(${sql}, ${literal(from)}, ${literal(to)})`, `lower(${value})`);
