import { ClusteringError } from "../errors.ts";
import { type DroppedK, type KChoice, smallestAllowed } from "../judge/chooseK.ts";
import type { CovarianceType } from "./types.ts";

/** What the choice goes by, for one k. */
export interface MixtureWorth {
  readonly k: number;
  readonly covariance: CovarianceType;
  readonly bic: number;
  /** Customers of the smallest cluster, each counted where it belongs most probably. */
  readonly smallestCluster: number;
}

export interface ChooseMixtureOptions {
  readonly customers: number;
  /** BIC of a single component. */
  readonly singleBic: number;
  readonly requestedK?: number | undefined;
  /** k of the model before, which stays where it costs next to nothing. */
  readonly previousK?: number | undefined;
}

/** BIC per customer that the k of the model before may cost: 0.01 nats of log-likelihood. */
export const BIC_HYSTERESIS = 0.02;

const COVARIANCE_WORDS: Readonly<Record<CovarianceType, string>> = {
  full: "each component with its own covariance",
  tied: "one covariance for all components",
  diag: "each component with its own variances and no correlations",
};

/**
 * The k with the least BIC of those whose clusters all have {@link smallestAllowed} customers; of all of them where
 * none
 * has. A k set by hand is taken as it is. Ties go to the lowest k.
 * @throws ClusteringError K_NOT_FITTED when nothing was fitted, or not the k set by hand.
 */
export function chooseMixture(fitted: readonly MixtureWorth[], options: ChooseMixtureOptions): KChoice {
  const { customers, requestedK, singleBic } = options;
  const asked = requestedK === undefined ? fitted : fitted.filter(({ k }) => k === requestedK);
  if (asked.length === 0) {
    const message = `k = ${requestedK ?? "auto"} was not fitted; fitted: ${fitted.map(({ k }) => k).join(", ") || "none"}.`;
    throw new ClusteringError("K_NOT_FITTED", message);
  }
  const dropped = requestedK === undefined ? asked.flatMap((one) => tooSmall(one, customers)) : [];
  const kept = asked.filter(({ k }) => !dropped.some((one) => one.k === k));
  const least = leastBic(kept.length > 0 ? kept : asked);
  const previous = kept.find(({ k, bic }) => k === options.previousK && bic <= least.bic + BIC_HYSTERESIS * customers);
  const chosen = previous ?? least;
  const natural = fitted.some(({ bic }) => bic < singleBic);
  const sentences = [
    reasonOf(chosen, { least, requestedK, lopsided: kept.length === 0, count: asked.length }),
    `Its covariances: ${COVARIANCE_WORDS[chosen.covariance]}.`,
    ...sayDropped(dropped, kept.length === 0),
    ...sayEdge(chosen, asked, requestedK),
    ...(natural
      ? []
      : ["BIC prefers a single component: there are no natural clusters, and these divide a continuum."]),
  ];
  const reason =
    requestedK !== undefined ? "set by hand" : asked.length === 1 ? "only k possible" : ("least BIC" as const);
  return { k: chosen.k, reason, explanation: sentences.join(" "), dropped, naturalClusters: natural };
}

function reasonOf(
  chosen: MixtureWorth,
  context: { least: MixtureWorth; requestedK: number | undefined; lopsided: boolean; count: number },
): string {
  const { k, bic } = chosen;
  if (context.requestedK !== undefined) return `k = ${k} was set by hand.`;
  if (context.count === 1) return `k = ${k} is the only number of components that was fitted.`;
  if (context.lopsided) return `Every k has a very small cluster; of all k, k = ${k} has the least BIC, ${shown(bic)}.`;
  if (chosen === context.least) return `k = ${k} has the least BIC, ${shown(bic)}.`;
  return `k = ${k} is kept from the model before: its BIC, ${shown(bic)}, is nearly the least, ${shown(context.least.bic)} at k = ${context.least.k}.`;
}

/**
 * With many customers BIC pays for ever more components: then the limit of the search decides, and that must be said.
 */
function sayEdge({ k }: MixtureWorth, fitted: readonly MixtureWorth[], requestedK: number | undefined): string[] {
  const last = Math.max(...fitted.map((one) => one.k));
  if (requestedK !== undefined || fitted.length < 2 || k !== last) return [];
  return [
    `That is the largest k that was tried: more components may fit better still, and clusters.maxK sets the limit.`,
  ];
}

function tooSmall({ k, smallestCluster }: MixtureWorth, customers: number): DroppedK[] {
  const least = smallestAllowed(k, customers);
  if (smallestCluster >= least) return [];
  const why = `smallest cluster has ${shown(smallestCluster)} customers, under the least of ${shown(least)}`;
  return [{ k, why }];
}

function sayDropped(dropped: readonly DroppedK[], isAll: boolean): string[] {
  if (dropped.length === 0 || isAll) return [];
  return [`Left out: ${dropped.map(({ k, why }) => `k = ${k} (${why})`).join("; ")}.`];
}

const leastBic = (fitted: readonly MixtureWorth[]): MixtureWorth =>
  fitted.reduce((least, one) => (one.bic < least.bic || (one.bic === least.bic && one.k < least.k) ? one : least));

const shown = (value: number): string => Math.round(value).toLocaleString("en-US");
