import { distance } from "fastest-levenshtein";

/** The end of a message about a word that is not known: the nearest name, or all that there are. */
export function nearest(word: string, candidates: readonly string[]): string {
  const scored = candidates.map((name) => ({ name, steps: distance(word.toLowerCase(), name.toLowerCase()) }));
  scored.sort((a, b) => a.steps - b.steps || (a.name < b.name ? -1 : 1));
  const best = scored[0];
  if (best === undefined) return "";
  if (best.steps <= Math.max(2, word.length / 2)) return `; did you mean "${best.name}"?`;
  return `; known here: ${candidates.join(", ")}`;
}
