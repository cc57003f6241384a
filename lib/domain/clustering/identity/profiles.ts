import { FEATURE_KINDS, type FeatureName, kindOf } from "../space/catalogue.ts";
import { indicated, splitKey } from "../space/features.ts";
import type { Matrix } from "../types.ts";
import type { ClusterLabel } from "./labels.ts";

/** From this many standard deviations off the average on a word says so; it stays until it is less than the second. */
const SAID_FROM = 0.6;
const KEPT_UNTIL = 0.4;
/** Words of a profile: the features that are farthest off. */
const MOST_WORDS = 3;
const AVERAGE = "average";

/** The letter of a cluster, which it keeps with its id: A, B, …, Z, AA. */
export function clusterLetter(id: number): string {
  const last = String.fromCharCode(65 + (id % 26));
  return id < 26 ? last : `${clusterLetter(Math.floor(id / 26) - 1)}${last}`;
}

/** The id of the cluster that has a letter; undefined for a word that is none. */
export function idOfLetter(word: string): number | undefined {
  if (!/^[A-Za-z]{1,2}$/.test(word)) return undefined;
  const places = [...word.toUpperCase()].map((letter) => letter.charCodeAt(0) - 64);
  return places.reduce((id, place) => id * 26 + place, 0) - 1;
}

/** A cluster as people read it: by its letter, which a profile begins with anyway. */
export function clusterTitle({ id, label }: { readonly id: number; readonly label: string }): string {
  const letter = `${clusterLetter(id)}:`;
  return label.startsWith(`${letter} `) ? label : `${letter} ${label}`;
}

export interface ProfileOptions {
  /** Id of each cluster, in the order of the centroids. */
  readonly ids: readonly number[];
  /** Letter → the user's text. */
  readonly names: Readonly<Record<string, string>>;
  /** Profile that each cluster had in an earlier model; undefined for new ones. */
  readonly before?: readonly (string | undefined)[];
}

/**
 * Names clusters by their letter and what sets them off from the average customer, as "A: recent frequent high-spend":
 * no two are called alike, and none is called like a segment. What they are is said anew by every model.
 * @param centroids k × d, in scaled space. @param featureNames one per column.
 * @returns one per cluster, in the order of the centroids.
 */
export function profileClusters(
  centroids: Matrix,
  featureNames: readonly string[],
  { ids, names, before = [] }: ProfileOptions,
): ClusterLabel[] {
  return ids.map((id, c) => {
    const profile = profileOf(centroids, c, featureNames, before[c] ?? "");
    const letter = clusterLetter(id);
    return { archetype: profile, label: names[letter] ?? `${letter}: ${profile}` };
  });
}

function profileOf({ columns, data }: Matrix, cluster: number, names: readonly string[], before: string): string {
  const said = names.flatMap((name, j) => {
    const z = data[cluster * columns + j];
    const word = wordOf(name, z > 0);
    const isKept = ` ${before} `.includes(` ${word} `);
    return Math.abs(z) >= (isKept ? KEPT_UNTIL : SAID_FROM) ? [{ j, word, size: Math.abs(z) }] : [];
  });
  const farthest = said.sort((a, b) => b.size - a.size || a.j - b.j).slice(0, MOST_WORDS);
  const words = farthest.sort((a, b) => a.j - b.j).map(({ word }) => word);
  return words.length === 0 ? AVERAGE : words.join(" ");
}

/** What is said of a cluster that is above or below the average in a feature. */
function wordOf(feature: string, isHigh: boolean): string {
  const watched = indicated(feature);
  if (watched !== undefined) return `${isHigh ? "without" : "with"} ${watched}`;
  const [name, of] = splitKey(feature);
  if (!Object.hasOwn(FEATURE_KINDS, name)) return `${isHigh ? "more" : "less"} ${feature}`;
  const { low, high } = kindOf(name as FeatureName).words;
  return `${isHigh ? high : low}${of === undefined ? "" : ` ${of}`}`;
}
