import { cellOf, DEFAULT_SEGMENT_TABLE, type SegmentTable } from "../rfm/segments.ts";

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

/** Advice for a segment of a table of one's own, from the cells that it covers: how recent, and how valuable. */
function adviceForCells(cells: readonly string[]): string {
  const mean = (position: 0 | 1): number =>
    cells.reduce((sum, cell) => sum + (cellOf(cell)?.[position] ?? 0), 0) / Math.max(1, cells.length);
  const [isRecent, isValuable] = [mean(0) >= 3, mean(1) >= 3];
  if (isRecent && isValuable) return "Keep and reward: access and service rather than discounts.";
  if (isRecent) return "Bring the next order closer: recommendations and a reason to come back soon.";
  if (isValuable) return "Win back: a personal offer on what they used to buy, measured with a hold-out.";
  return "Low-cost contact only: seasonal mailings, no paid campaigns.";
}

/** What to do about every segment of a table; a known name with cells of its own is read by its cells. */
export function adviceFor(table: SegmentTable): Record<string, string> {
  return Object.fromEntries(
    Object.entries(table).map(([name, cells]) => {
      const usual = Object.hasOwn(DEFAULT_SEGMENT_TABLE, name) ? DEFAULT_SEGMENT_TABLE[name] : undefined;
      const isUsual = usual !== undefined && [...usual].sort().join() === [...cells].sort().join();
      return [name, (isUsual ? ADVICE[name] : undefined) ?? adviceForCells(cells)];
    }),
  );
}
