import type { Config } from "../config/config.ts";
import type { Finding } from "./quality.ts";

/** What a dropped source and another one have in common; lines are valid ones. */
export interface Overlap {
  readonly source: string;
  readonly otherSource: string;
  readonly sharedOrders: number;
  /** Lines that are there on both sides, copies counted: the smaller number of the two. */
  readonly identicalLines: number;
  /** Their money, as text. */
  readonly identicalAmount: string;
  readonly ownLines: number;
  readonly otherLines: number;
  /** Lines that the other source has of the shared orders, identical or not. */
  readonly orderLines: number;
}

/** Whether a source is another one under a new name: line for line the same, in any order. */
export const isCopy = ({ identicalLines, ownLines, otherLines }: Overlap): boolean =>
  identicalLines === ownLines && identicalLines === otherLines;

/** Judges what a drop shares with other sources: one finding per pair. */
export function judgeOverlaps(overlaps: readonly Overlap[], policy: Pick<Config, "overlap" | "copies">): Finding[] {
  return overlaps.map((overlap) =>
    isCopy(overlap) && policy.copies === "refuse" ? copyFinding(overlap) : overlapFinding(overlap, policy.overlap),
  );
}

function copyFinding({ source, otherSource, ownLines }: Overlap): Finding {
  return {
    level: "refuse",
    message:
      `${source} is a copy of ${otherSource}: the same ${ownLines} lines under another name, which are in the history already. ` +
      `Leave it out; or, where ${source} is to take its place, remove the other first (rfm forget ${otherSource}); or accept it with --again (copies: "allow").`,
  };
}

function overlapFinding(overlap: Overlap, policy: Config["overlap"]): Finding {
  const { source, otherSource, sharedOrders, identicalLines, identicalAmount, orderLines } = overlap;
  const said = `${source} and ${otherSource} have ${sharedOrders} order${sharedOrders === 1 ? "" : "s"} in common, with ${identicalLines} identical lines (${money(identicalAmount)}).`;
  if (policy === "refuse") return { level: "refuse", message: `${said} The setting overlap is refuse.` };
  if (policy === "keep") return { level: "warn", message: `${said} They count twice (overlap: keep).` };
  const lost = orderLines - identicalLines;
  const differing =
    lost > 0 ? ` ${lost} lines of those orders in ${otherSource} differ and no longer count either.` : "";
  return {
    level: "warn",
    message: `${said} They count once, as ${source} has them; the others are dropped as superseded_order.${differing}`,
  };
}

/** Exact decimal text with two digits at least and no idle zeros beyond. */
const money = (text: string): string => text.replace(/(\.\d\d)(\d*?)0+$/, "$1$2");
