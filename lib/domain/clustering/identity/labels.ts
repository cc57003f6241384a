import { ClusteringError } from "../errors.ts";
import type { Matrix } from "../types.ts";
import { orderByValue, solveAssignment } from "./assignment.ts";

/**
 * What a name claims of a cluster, against the average customer; where that is false, any other name goes before it.
 */
type Claim = "recent" | "lapsed" | "valuable" | "cheap";

/** A marketing name, and the kind of cluster it fits best. */
export interface Archetype {
  readonly name: string;
  /**
   * Where it belongs: freshness (−recency), frequency, monetary, in units of how far the clusters typically are above
   * (positive) or below (negative) the average customer.
   */
  readonly position: readonly [freshness: number, frequency: number, monetary: number];
  readonly claims: readonly Claim[];
  /** Squared distance that a rarer name must be closer by: familiar names come first. */
  readonly handicap: number;
}

/** The names at hand, from best to worst customers. */
export const ARCHETYPES: readonly Archetype[] = [
  { name: "VIP", position: [1.3, 1.8, 1.6], claims: ["recent", "valuable"], handicap: 0 },
  { name: "Champions", position: [1.1, 1.4, 1.2], claims: ["recent", "valuable"], handicap: 1 },
  { name: "Loyal", position: [0.4, 0.8, 0.8], claims: ["valuable"], handicap: 0 },
  { name: "Big Spenders", position: [0.2, -0.2, 1.6], claims: ["valuable"], handicap: 0.3 },
  { name: "Active", position: [1.3, 0.4, 0.3], claims: ["recent"], handicap: 0.2 },
  { name: "Regular", position: [0.3, 0, 0], claims: [], handicap: 0.2 },
  { name: "New", position: [1.4, -1.0, -0.9], claims: ["recent", "cheap"], handicap: 0.2 },
  { name: "Promising", position: [0.8, -0.5, -0.5], claims: ["recent"], handicap: 0.1 },
  { name: "Can't Lose", position: [-1.2, 1.1, 1.2], claims: ["lapsed", "valuable"], handicap: 0.1 },
  { name: "At-Risk", position: [-1.0, 0, 0.2], claims: ["lapsed"], handicap: 0 },
  { name: "Low-Value", position: [0, -1.0, -1.0], claims: ["cheap"], handicap: 0 },
  { name: "Hibernating", position: [-1.3, -1.0, -1.0], claims: ["lapsed", "cheap"], handicap: 0.1 },
  { name: "Lost", position: [-1.7, -1.2, -1.6], claims: ["lapsed", "cheap"], handicap: 0.3 },
];

/** The name of the one cluster when there is but one; it can be replaced like the others. */
export const ONLY_CLUSTER = "All Customers";

/** Cost of a false claim, beyond any distance between positions: such a name is given only when no other is left. */
const FALSE_CLAIM = 100;

/** Gain of the name that a cluster had before: more than any other arrangement of names. */
const KEPT_NAME = 10_000;

/** Clusters nearer to average than this, in standard deviations, are about average, not scaled up to extremes. */
const LEAST_SCALE = 0.1;

export interface LabelOptions {
  /** Archetype name → text to show instead, for example `{ "VIP": "Gold" }`. */
  readonly names?: Readonly<Record<string, string>>;
  /** Archetype that each cluster had in an earlier model; undefined for new ones. Kept while what it claims is true. */
  readonly kept?: readonly (string | undefined)[];
}

export interface ClusterLabel {
  /** The product's own name for this kind of cluster. */
  readonly archetype: string;
  /** What people see: the archetype or the user's text for it; unique. */
  readonly label: string;
}

/**
 * Names clusters after their average R, F and M against the average customer. Centroids' z-scores (recency reversed)
 * are compressed by asinh, so that a few extreme clusters do not flatten the rest, and scaled to unit root mean square
 * on either side of average, so that names compare clusters with one another. Archetypes are then assigned by least
 * total squared distance (Hungarian method): names are unique, fit best as a whole, and do not depend on the order of
 * clusters. Beyond 13 clusters archetypes repeat, with a number in the label: "Loyal 2".
 * @param centroids k × d, in scaled space.
 * @param featureNames one per column; `recency_days`, `frequency` and `monetary` count, and a missing one is average.
 * @returns one per cluster, in the order of the centroids.
 * @throws ClusteringError LABEL_NAMES when `names` holds an unknown archetype, an empty text, or makes two names equal.
 */
export function labelClusters(
  centroids: Matrix,
  featureNames: readonly string[],
  options: LabelOptions = {},
): ClusterLabel[] {
  const shown = checkNames(options.names ?? {});
  const k = centroids.rows;
  if (k === 1) return [{ archetype: ONLY_CLUSTER, label: shown.get(ONLY_CLUSTER) ?? ONLY_CLUSTER }];
  const order = orderByValue(centroids, featureNames);
  const positions = relativePositions(order.map((c) => rfmOf(centroids, c, featureNames)));
  const copies = Math.max(1, Math.ceil(k / ARCHETYPES.length));
  const columns = copies * ARCHETYPES.length;
  const data = new Float64Array(k * columns);
  positions.forEach((position, row) => {
    for (let at = 0; at < columns; at++) {
      const copy = Math.floor(at / ARCHETYPES.length);
      data[row * columns + at] = misfit(position, ARCHETYPES[at % ARCHETYPES.length]) + copy;
    }
    const kept = ARCHETYPES.findIndex(({ name }) => name === options.kept?.[order[row]]);
    if (kept >= 0 && data[row * columns + kept] < FALSE_CLAIM) data[row * columns + kept] -= KEPT_NAME;
  });
  const labels = new Array<ClusterLabel>(k);
  const taken = new Set(shown.values());
  solveAssignment({ rows: k, columns, data }).forEach((at, row) => {
    const archetype = ARCHETYPES[at % ARCHETYPES.length].name;
    const text = shown.get(archetype) ?? archetype;
    labels[order[row]] = { archetype, label: at < ARCHETYPES.length ? text : numbered(text, taken) };
  });
  return labels;
}

/** The text with the first number from 2 on that makes it new; a user may have chosen "Tier 2" for another label. */
function numbered(text: string, taken: Set<string>): string {
  let number = 2;
  while (taken.has(`${text} ${number}`)) number++;
  taken.add(`${text} ${number}`);
  return `${text} ${number}`;
}

type Position = readonly [freshness: number, frequency: number, monetary: number];

function rfmOf({ columns, data }: Matrix, cluster: number, featureNames: readonly string[]): Position {
  const zOf = (name: string) => {
    const column = featureNames.indexOf(name);
    return column < 0 ? 0 : data[cluster * columns + column];
  };
  return [-zOf("recency_days"), zOf("frequency"), zOf("monetary")];
}

/**
 * Root mean square 1 on either side of average. The sides are scaled apart because spending has a long upper tail only:
 * in untransformed features every ordinary cluster would otherwise sit a hair under average, and all lapsed ones look
 * alike.
 */
function relativePositions(positions: readonly Position[]): Position[] {
  const compressed = positions.map((position) => position.map(Math.asinh));
  const above = Math.max(LEAST_SCALE, rootMeanSquare(compressed.flat().filter((value) => value > 0)));
  const below = Math.max(LEAST_SCALE, rootMeanSquare(compressed.flat().filter((value) => value < 0)));
  const scaled = (value: number) => value / (value > 0 ? above : below);
  return compressed.map(([freshness, frequency, monetary]) => [scaled(freshness), scaled(frequency), scaled(monetary)]);
}

function rootMeanSquare(values: readonly number[]): number {
  if (values.length === 0) return 0;
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
}

function misfit(position: Position, archetype: Archetype): number {
  const squared = archetype.position.reduce((sum, value, j) => sum + (value - position[j]) ** 2, 0);
  return (
    squared + archetype.handicap + FALSE_CLAIM * archetype.claims.filter((claim) => !holds(claim, position)).length
  );
}

function holds(claim: Claim, [freshness, frequency, monetary]: Position): boolean {
  if (claim === "recent") return freshness >= 0;
  if (claim === "lapsed") return freshness <= 0;
  return claim === "valuable" ? frequency + monetary >= 0 : frequency + monetary <= 0;
}

/** The text shown for every archetype. */
function checkNames(names: Readonly<Record<string, string>>): Map<string, string> {
  const known = [...ARCHETYPES.map(({ name }) => name), ONLY_CLUSTER];
  for (const [name, text] of Object.entries(names)) {
    if (!known.includes(name)) {
      throw new ClusteringError("LABEL_NAMES", `There is no label "${name}"; the labels are ${known.join(", ")}.`, {
        name,
      });
    }
    if (text.trim() === "")
      throw new ClusteringError("LABEL_NAMES", `The text for label "${name}" is empty.`, { name });
  }
  const shown = known.map((name) => names[name] ?? name);
  const repeated = shown.find((text, i) => shown.indexOf(text) !== i);
  if (repeated !== undefined) {
    throw new ClusteringError("LABEL_NAMES", `Two labels would both read "${repeated}"; each needs a text of its own.`);
  }
  return new Map(known.map((name, i) => [name, shown[i]]));
}
