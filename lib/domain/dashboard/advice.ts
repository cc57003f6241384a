import { cellOf, type SegmentTable } from "../rfm/segments.ts";
import type { Advice } from "./types.ts";

/** What each of the default segments calls for. */
const ADVICE: Readonly<Record<string, Advice>> = {
  Champions: {
    who: "Bought recently, buy often and spend the most.",
    action: "Reward, do not discount: early access, a thank-you from a person, ask for reviews and referrals.",
  },
  "Loyal Customers": {
    who: "Come back regularly and spend well.",
    action: "Offer the next tier: bundles, a loyalty programme, products that Champions buy.",
  },
  "Potential Loyalists": {
    who: "Recent, with more than one purchase, not yet a habit.",
    action: "Bring the third order closer: recommend by what they bought, and make it a membership.",
  },
  "New Customers": {
    who: "Bought for the first time a short while ago.",
    action: "Welcome them: a short series about the product, help, and a reason for a second order within 30 days.",
  },
  Promising: {
    who: "Fairly recent, one small purchase.",
    action: "Stay in sight at low cost: bestsellers, free shipping from a small basket on.",
  },
  "Need Attention": {
    who: "Average in everything and cooling down.",
    action: "A limited offer on what they bought before, before they slide into At Risk.",
  },
  "About to Sleep": {
    who: "Below average in all three, and the last purchase is a while ago.",
    action: "One reminder with popular products; spend no more than the margin of a small order.",
  },
  "At Risk": {
    who: "Spent well and often, but long ago.",
    action: "Win back in person: ask what went wrong, a strong offer on their categories, and measure with a hold-out.",
  },
  "Can't Lose Them": {
    who: "Were among the best; not seen for a long time.",
    action: "Call or write individually this week. Each is worth more than a campaign.",
  },
  Hibernating: {
    who: "Bought little, a long time ago.",
    action: "Include them in seasonal mailings only; recreate interest with a category, not with price.",
  },
  Lost: {
    who: "Lowest in recency, frequency and spending.",
    action: "Leave them out of paid campaigns; one last message, then clean the list.",
  },
};

/** Advice for a segment of a table of one's own, from the cells that it covers: how recent, and how valuable. */
function adviceForCells(cells: readonly string[]): Advice {
  const mean = (position: 0 | 1): number =>
    cells.reduce((sum, cell) => sum + (cellOf(cell)?.[position] ?? 0), 0) / Math.max(1, cells.length);
  const isRecent = mean(0) >= 3;
  const isValuable = mean(1) >= 3;
  const who = `${isRecent ? "Bought recently" : "Not seen for a while"}, ${isValuable ? "frequent and valuable" : "few or small purchases"}.`;
  if (isRecent && isValuable) return { who, action: "Keep and reward: access and service rather than discounts." };
  if (isRecent) return { who, action: "Bring the next order closer: recommendations and a reason to come back soon." };
  if (isValuable)
    return { who, action: "Win back: a personal offer on what they used to buy, measured with a hold-out." };
  return { who, action: "Low-cost contact only: seasonal mailings, no paid campaigns." };
}

/** Advice for every segment of a table. */
export function adviceFor(table: SegmentTable): Record<string, Advice> {
  return Object.fromEntries(
    Object.entries(table).map(([name, cells]) => [
      name,
      (Object.hasOwn(ADVICE, name) ? ADVICE[name] : undefined) ?? adviceForCells(cells),
    ]),
  );
}
