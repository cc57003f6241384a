import type { Matrix } from "../types.ts";
import { ARCHETYPES, type ClusterLabel, labelClusters, ONLY_CLUSTER } from "./labels.ts";
import { profileClusters } from "./profiles.ts";

/** profile: letter and what sets a cluster off. literature: marketing names, such as VIP, Loyal, At-Risk, Low-Value. */
export type NamingScheme = "profile" | "literature";

/** The four that the literature gives, whatever a shop's segments are called. */
const LITERATURE_FOUR = ["VIP", "Loyal", "At-Risk", "Low-Value"];

export interface NamingOptions {
  readonly scheme: NamingScheme;
  /** The product's name of a cluster, or its letter → the user's text. */
  readonly names: Readonly<Record<string, string>>;
  /** Names that no cluster may have: those of segments. */
  readonly taken: readonly string[];
  /** Ids of the clusters, in the order of the centroids. */
  readonly ids: readonly number[];
  /** Archetypes of an earlier model, in the order of the centroids; undefined for new clusters. */
  readonly kept?: readonly (string | undefined)[];
}

/** Labels of clusters by a scheme, in the order of the centroids. @throws ClusteringError LABEL_NAMES. */
export function nameClusters(
  centroids: Matrix,
  featureNames: readonly string[],
  { scheme, names, taken, ids, kept }: NamingOptions,
): ClusterLabel[] {
  const before = kept === undefined ? {} : { kept };
  if (centroids.rows === 1) return labelClusters(centroids, featureNames, { names: onlyName(names) });
  if (scheme === "profile")
    return profileClusters(centroids, featureNames, { ids, names, ...(kept === undefined ? {} : { before: kept }) });
  const own = new Set(Object.values(names));
  return labelClusters(centroids, featureNames, { names, ...before }).map(({ archetype, label }) => {
    const isSegment = taken.some((name) => readsLike(name, label));
    const stays = own.has(label) || LITERATURE_FOUR.includes(label);
    return { archetype, label: isSegment && !stays ? `${label} cluster` : label };
  });
}

const onlyName = (names: Readonly<Record<string, string>>): Record<string, string> =>
  names[ONLY_CLUSTER] === undefined ? {} : { [ONLY_CLUSTER]: names[ONLY_CLUSTER] };

/** Whether two names differ in case, spaces and hyphens at most, as "At Risk" and "At-Risk" do. */
export function readsLike(one: string, other: string): boolean {
  const letters = (text: string): string => text.toLowerCase().replace(/[\s_'’-]+/g, "");
  return letters(one) === letters(other);
}

/** What is wrong with the user's own texts for clusters; undefined where nothing is. */
export function labelFault(
  labels: Readonly<Record<string, string>>,
  names: NamingScheme | "auto",
  segments: readonly string[],
): string | undefined {
  const scheme = schemeOf(labels, names);
  const known = new Set([...ARCHETYPES.map(({ name }) => name), ONLY_CLUSTER]);
  for (const [key, text] of Object.entries(labels)) {
    const isLetter = /^[A-Z]{1,2}$/.test(key);
    if (scheme === "profile" && !isLetter && key !== ONLY_CLUSTER)
      return known.has(key)
        ? `names "${key}", which is one of the literature's names: set clusters.names to literature, or write the letter of a cluster`
        : `has no cluster "${key}": write the letter of a cluster, like "A", or a name of the literature, like "VIP"`;
    if (scheme === "literature" && !known.has(key))
      return `has no label "${key}"; the labels are ${[...known].join(", ")}`;
    const segment = segments.find((name) => readsLike(name, text));
    if (segment !== undefined)
      return `calls a cluster "${text}", and a segment is called "${segment}": nobody could tell them apart`;
    const twin = Object.entries(labels).find(([other, same]) => other !== key && same === text);
    if (twin !== undefined) return `calls both "${key}" and "${twin[0]}" "${text}"`;
  }
  return undefined;
}

/** The scheme where it is chosen, else the one that the user's own texts speak of. */
export function schemeOf(labels: Readonly<Record<string, string>>, names: NamingScheme | "auto"): NamingScheme {
  if (names !== "auto") return names;
  return ARCHETYPES.some(({ name }) => Object.hasOwn(labels, name)) ? "literature" : "profile";
}
