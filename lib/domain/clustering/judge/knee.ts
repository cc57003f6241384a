import type { KCriteria } from "../types.ts";

/**
 * Depth of each k below the knee's chord: the straight line in (k, ln inertia) from the first to the last measured k,
 * minus ln inertia. The knee is the deepest k; since all distances to one line are in proportion to the vertical ones,
 * that is the point farthest from the chord (Satopää et al. 2011, Kneedle). Inertia is floored at 10⁻¹² of the largest.
 * @param criteria ascending in k.
 */
export function kneeDepths(criteria: readonly KCriteria[]): number[] {
  const floor = Math.max(Number.MIN_VALUE, 1e-12 * Math.max(...criteria.map(({ inertia }) => inertia)));
  const heights = criteria.map(({ inertia }) => Math.log(Math.max(inertia, floor)));
  const first = criteria[0].k;
  const span = criteria[criteria.length - 1].k - first;
  const rise = heights[heights.length - 1] - heights[0];
  return criteria.map(({ k }, i) => (span === 0 ? 0 : heights[0] + (rise * (k - first)) / span - heights[i]));
}
