import { percentText } from "../../text/percent.ts";
import { ClusteringError } from "../errors.ts";
import type { KCriteria } from "../types.ts";
import { kneeDepths } from "./knee.ts";

/** From this mean squared-Euclidean silhouette on, clusters are called clearly apart. */
export const CLEAR_SILHOUETTE = 0.7;
/** A cluster smaller than this share of the customers, or than this many, is too small to act on. */
export const SMALLEST_SHARE = 0.01;
export const SMALLEST_CUSTOMERS = 30;

/**
 * A bend shallower than the deepest by at most this share of it does not make another number of clusters worth while.
 */
export const K_HYSTERESIS = 0.1;

export type ChoiceReason =
  /** The best squared-Euclidean silhouette is at least 0.70. */
  | "clear structure"
  /** No clear structure: the knee of ln inertia. */
  | "pragmatic segments"
  | "set by hand"
  /** Only one k was measured. */
  | "only k possible"
  /** Every k has too small a cluster: the k whose smallest cluster is largest. And, of mixtures, the least BIC. */
  | "least lopsided"
  | "least BIC";

export interface DroppedK {
  readonly k: number;
  readonly why: string;
}

export interface ChooseKOptions {
  /** Customers in all. */
  readonly customers: number;
  /** The k a user set. */
  readonly requestedK?: number;
  /**
   * What the gap statistic prefers; null when no k within its range meets its rule. Absent when it was not computed.
   */
  readonly gapPreferredK?: number | null;
  /** The number of clusters of the model before, which is kept while its bend is nearly as deep as the deepest. */
  readonly previousK?: number | undefined;
}

export interface KChoice {
  readonly k: number;
  readonly reason: ChoiceReason;
  /** One to four sentences for people, with the figures behind the choice. */
  readonly explanation: string;
  /** The k that were left out, ascending. */
  readonly dropped: readonly DroppedK[];
  /** False when the gap statistic finds a single cluster likelier than any split. */
  readonly naturalClusters: boolean;
}

/**
 * Fewest customers a cluster may have: 1% of all, and 30, though never more than a third of the average cluster (so
 * that 30 excludes no k merely because there are few customers).
 */
export function smallestAllowed(k: number, customers: number): number {
  const absolute = Math.min(SMALLEST_CUSTOMERS, Math.floor(customers / (3 * k)));
  return Math.max(1, absolute, Math.ceil(SMALLEST_SHARE * customers));
}

/**
 * Chooses the number of clusters. Every k with a cluster below {@link smallestAllowed} is dropped; if the best squared
 * silhouette among the rest is at least 0.70 its k is taken ("clear structure"), else the knee of ln inertia
 * ("pragmatic segments"; the deepest of the k that remain, see {@link kneeDepths}, or the previous k where that is
 * nearly as deep). A k set by hand is taken as it is. Ties go to the lowest k.
 * @throws ClusteringError K_NOT_FITTED when nothing was measured, or not the k set by hand.
 */
export function chooseK(measured: readonly KCriteria[], options: ChooseKOptions): KChoice {
  const criteria = [...measured].sort((a, b) => a.k - b.k);
  const { requestedK } = options;
  if (criteria.length === 0 || (requestedK !== undefined && !criteria.some(({ k }) => k === requestedK))) {
    const fitted = criteria.map(({ k }) => k).join(", ");
    throw new ClusteringError(
      "K_NOT_FITTED",
      `k = ${requestedK ?? "auto"} was not fitted; fitted: ${fitted || "none"}.`,
    );
  }
  const dropped = criteria.flatMap((one) => dropSmall(one, options.customers));
  const picked = pick(criteria, dropped, requestedK, options.previousK);
  const naturalClusters = options.gapPreferredK !== 1;
  const left = requestedK === undefined ? dropped : [];
  const sentences = [
    picked.sentence,
    ...sentenceOfDropped(left, picked.reason),
    ...sentenceOfGap(options.gapPreferredK, picked.reason),
  ];
  return { k: picked.k, reason: picked.reason, explanation: sentences.join(" "), dropped: left, naturalClusters };
}

interface Pick {
  readonly k: number;
  readonly reason: ChoiceReason;
  readonly sentence: string;
}

function pick(
  criteria: readonly KCriteria[],
  dropped: readonly DroppedK[],
  requestedK: number | undefined,
  previousK: number | undefined,
): Pick {
  if (requestedK !== undefined) {
    const small = dropped.find(({ k }) => k === requestedK);
    const warning = small === undefined ? "" : ` Mind that its ${small.why}.`;
    return { k: requestedK, reason: "set by hand", sentence: `k = ${requestedK} was set by hand.${warning}` };
  }
  if (criteria.length === 1) {
    const { k } = criteria[0];
    return { k, reason: "only k possible", sentence: `k = ${k} is the only number of clusters that was fitted.` };
  }
  const kept = criteria.filter(({ k }) => !dropped.some((one) => one.k === k));
  if (kept.length === 0) return pickLeastLopsided(criteria);
  const best = firstGreatest(kept, ({ silhouetteSquared }) => silhouetteSquared);
  const value = best.silhouetteSquared.toFixed(2);
  if (best.silhouetteSquared >= CLEAR_SILHOUETTE) {
    const sentence = `k = ${best.k} separates customers clearly: its squared silhouette, ${value}, is the best and at least 0.70.`;
    return { k: best.k, reason: "clear structure", sentence };
  }
  return pickKnee(
    criteria,
    kept,
    `No k separates customers clearly (best squared silhouette ${below(best.silhouetteSquared)} at k = ${best.k}, under 0.70)`,
    previousK,
  );
}

function pickLeastLopsided(criteria: readonly KCriteria[]): Pick {
  const { k, smallestCluster } = firstGreatest(criteria, (one) => one.smallestCluster);
  const sentence = `Every k has a very small cluster; k = ${k} has the largest smallest one (${count(smallestCluster)} customers).`;
  return { k, reason: "least lopsided", sentence };
}

function pickKnee(
  criteria: readonly KCriteria[],
  kept: readonly KCriteria[],
  why: string,
  previousK: number | undefined,
): Pick {
  const depths = kneeDepths(criteria);
  const depthOf = (one: KCriteria) => depths[criteria.indexOf(one)];
  const deepest = firstGreatest(kept, depthOf);
  const depth = depthOf(deepest);
  const previous = kept.find(({ k }) => k === previousK && k !== deepest.k);
  if (previous !== undefined && depth > 0 && depthOf(previous) >= depth * (1 - K_HYSTERESIS)) {
    const bends = `${depthOf(previous).toFixed(3)} under the straight line in ln inertia against ${depth.toFixed(3)} at k = ${deepest.k}`;
    const sentence = `${why}, so k = ${previous.k} is a practical division, kept from the model before: its bend of the inertia curve is nearly the deepest, ${bends}.`;
    return { k: previous.k, reason: "pragmatic segments", sentence };
  }
  const last = criteria[criteria.length - 1].k;
  const bend =
    depth > 0
      ? `the bend of the inertia curve, where more clusters begin to gain less: ${depth.toFixed(3)} under the straight line from k = ${criteria[0].k} to ${last} in ln inertia`
      : "the lowest left, since the inertia curve has no bend";
  return {
    k: deepest.k,
    reason: "pragmatic segments",
    sentence: `${why}, so k = ${deepest.k} is a practical division: ${bend}.`,
  };
}

/** The greatest by `value`; values within 10⁻¹² of each other tie, and ties go to the first. */
function firstGreatest(criteria: readonly KCriteria[], value: (one: KCriteria) => number): KCriteria {
  return criteria.reduce((best, one) => (value(one) > value(best) + 1e-12 ? one : best));
}

function dropSmall({ k, smallestCluster }: KCriteria, customers: number): DroppedK[] {
  const least = smallestAllowed(k, customers);
  if (smallestCluster >= least) return [];
  const share = customers > 0 ? ` (${percentText(smallestCluster / customers, 2)})` : "";
  return [
    { k, why: `smallest cluster has ${count(smallestCluster)} customers${share}, under the least of ${count(least)}` },
  ];
}

function sentenceOfDropped(dropped: readonly DroppedK[], reason: ChoiceReason): string[] {
  if (dropped.length === 0 || reason === "only k possible" || reason === "least lopsided") return [];
  return [`Left out: ${dropped.map(({ k, why }) => `k = ${k} (${why})`).join("; ")}.`];
}

function sentenceOfGap(preferred: number | null | undefined, reason: ChoiceReason): string[] {
  if (preferred !== 1) return [];
  if (reason === "clear structure") return ["The gap statistic prefers one cluster all the same."];
  return [
    "The gap statistic prefers one cluster: there are no natural clusters, and these segments divide a continuum.",
  ];
}

/** Two decimals, rounded down, so that 0.699 is never printed as the 0.70 it misses. */
function below(value: number): string {
  return (Math.floor(value * 100) / 100).toFixed(2);
}

const count = (value: number): string => value.toLocaleString("en-US");
