import type { Config } from "../config/config.ts";
import { DEFAULT_SEGMENT_TABLE, type SegmentTable } from "../rfm/segments.ts";
import type { Summary } from "../run/summary.ts";

/** What each of the default segments calls for. Advice alone: what is claimed of a segment is computed from it. */
const ADVICE: Readonly<Record<string, string>> = {
  Champions: "Reward, do not discount: early access, a thank-you from a person, ask for reviews and referrals.",
  "Loyal Customers": "Offer the next tier: bundles, a loyalty programme, products that Champions buy.",
  "Potential Loyalists": "Bring the next order closer: recommend by what they bought, and make it a membership.",
  "New Customers": "Welcome them: a short series about the product, help, and a reason for the next order.",
  Promising: "Stay in sight at low cost: bestsellers, free shipping from a small basket on.",
  "Need Attention": "Try a limited offer on what they bought before.",
  "About to Sleep": "One reminder with popular products; spend no more than the margin of a small order.",
  "At Risk":
    "Win back in person: ask what went wrong, offer something on their categories, and measure with a hold-out.",
  "Can't Lose Them": "Call or write to them one by one.",
  Hibernating: "Include them in seasonal mailings only; recreate interest with a category, not with price.",
  Lost: "Leave them out of paid campaigns; one last message, then clean the list.",
};

type Group = Summary["segments"][number];

/** Advice for a segment that is not of the default table, from its middle customer beside those of the others. */
function adviceFromMedians(group: Group, all: readonly Group[]): string {
  const middle = (of: (group: Group) => number): number => weightedMedian(all, of);
  const isRecent = group.medianRecencyDays <= middle(({ medianRecencyDays }) => medianRecencyDays);
  const isFrequent = group.medianFrequency > 1 && group.medianFrequency >= middle((other) => other.medianFrequency);
  const isValuable = group.medianMonetary >= middle(({ medianMonetary }) => medianMonetary);
  if (isRecent && isFrequent) return "Keep and reward: access and service rather than discounts.";
  if (isRecent) return "Bring the next order closer: recommendations and a reason to come back soon.";
  if (isFrequent || isValuable) return "Win back: a personal offer on what they used to buy, measured with a hold-out.";
  return "Low-cost contact only: seasonal mailings, no paid campaigns.";
}

/** The value of the group that the middle customer of all is in. */
function weightedMedian(groups: readonly Group[], of: (group: Group) => number): number {
  const sorted = [...groups].sort((a, b) => of(a) - of(b));
  const half = groups.reduce((sum, { customers }) => sum + customers, 0) / 2;
  let seen = 0;
  const found = sorted.find(({ customers }) => {
    seen += customers;
    return seen >= half;
  });
  return of(found ?? sorted[0]);
}

/**
 * What to do about every segment of a table. What the configuration says comes first; a known name with other cells
 * than usual is read by its medians.
 */
export function adviceFor(
  table: SegmentTable,
  segments: readonly Group[],
  said: Config["display"]["segments"],
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).map(([name, cells]) => {
      const usual = Object.hasOwn(DEFAULT_SEGMENT_TABLE, name) ? DEFAULT_SEGMENT_TABLE[name] : undefined;
      const isUsual = usual !== undefined && [...usual].sort().join() === [...cells].sort().join();
      const group = segments.find((one) => one.name === name);
      const own = said.find((one) => one.name === name)?.action ?? (isUsual ? ADVICE[name] : undefined);
      return [name, own ?? (group === undefined ? "Nobody is in it." : adviceFromMedians(group, segments))];
    }),
  );
}
