import type { Summary } from "../../run/summary.ts";
import type { Format } from "../format.ts";
import { most, total } from "../words.ts";

/**
 * Titles of who stands elsewhere than in the run before. Where settings changed in between (`isOtherwise`), that is the
 * settings' doing as much as the customers': then nobody is said to have moved.
 */

type Movement = NonNullable<Summary["movement"]>;
type Cell = Movement["cells"][number];

export const isMove = ({ segmentFrom, segmentTo }: Cell): boolean =>
  segmentFrom !== null && segmentTo !== null && segmentFrom !== segmentTo;

/** Of all customers, or of those who were or are in a segment. */
export function movementTitle(
  { cells }: Movement,
  format: Format,
  segment: string | null,
  isOtherwise = false,
): string {
  const known = cells.filter(({ segmentFrom, segmentTo }) => segmentFrom !== null && segmentTo !== null);
  if (segment !== null) return segmentMovementTitle(cells, format, segment, isOtherwise);
  const all = total(known, ({ customers }) => customers);
  const moved = total(known.filter(isMove), ({ customers }) => customers);
  const arrived = total(
    cells.filter(({ segmentFrom }) => segmentFrom === null),
    ({ customers }) => customers,
  );
  if (all === 0) return "Every customer is new";
  if (isOtherwise)
    return `Under other settings ${format.count(moved)} of ${format.count(all)} customers stand in another segment; ${format.count(arrived)} were not there before`;
  return `${format.share((all - moved) / all)} of customers stayed in their segment, ${format.count(moved)} moved, ${format.count(arrived)} came new`;
}

function segmentMovementTitle(cells: readonly Cell[], format: Format, segment: string, isOtherwise: boolean): string {
  const { stayed, left, came } = movesOf(cells, segment);
  const all = stayed + left;
  if (isOtherwise)
    return `${segment}: under other settings ${format.count(stayed)} of ${format.count(all)} are in it as well, and ${format.count(came)} others`;
  const before =
    all === 0 ? "nobody was in it before" : `${format.share(stayed / all)} stayed, ${format.count(left)} left it`;
  return `${segment}: ${before}, ${format.count(came)} came in`;
}

/** Customers of a segment who stayed, left it or came into it, from other segments or from outside. */
export function movesOf(cells: readonly Cell[], segment: string): { stayed: number; left: number; came: number } {
  const sum = (of: (cell: Cell) => boolean): number => total(cells.filter(of), ({ customers }) => customers);
  return {
    stayed: sum(({ segmentFrom, segmentTo }) => segmentFrom === segment && segmentTo === segment),
    left: sum(({ segmentFrom, segmentTo }) => segmentFrom === segment && segmentTo !== segment),
    came: sum(({ segmentFrom, segmentTo }) => segmentFrom !== segment && segmentTo === segment),
  };
}

/** Cells that a segment has a part in; all without one. */
export const cellsOf = (cells: readonly Cell[], segment: string | null): readonly Cell[] =>
  segment === null ? cells : cells.filter((cell) => cell.segmentFrom === segment || cell.segmentTo === segment);

/** What is told of a customer who stands elsewhere for another reason than breakpoints alone. */
export const otherReason = (isOtherwise: boolean): string =>
  isOtherwise ? "The settings changed, or the customer" : "The customer changed";

export function reasonTitle({ cells }: Movement, format: Format, segment: string | null, isOtherwise = false): string {
  const moves = cellsOf(cells, segment).filter(isMove);
  const moved = total(moves, ({ customers }) => customers);
  const thresholds = total(moves, ({ thresholdOnly }) => thresholdOnly);
  const where = segment === null ? "" : `${segment}: `;
  const share = (customers: number): string => format.share(customers / moved);
  if (isOtherwise) {
    if (moved === 0) return `${where}${segment === null ? "Nobody stands" : "nobody stands"} in another segment`;
    return `${where}${share(moved - thresholds)} of the differences are by settings or customers, ${share(thresholds)} by thresholds alone`;
  }
  if (moved === 0) return segment === null ? "Nobody moved" : `${where}nobody moved to or from another segment`;
  return `${where}${share(moved - thresholds)} of the moves are customers who changed, ${share(thresholds)} thresholds that moved`;
}

/** Money of whole histories, or of windows: their difference is no growth of sales, and is not called so. */
export function valueTitle({ cells }: Movement, format: Format, segment: string | null, isOtherwise = false): string {
  const shown = segment === null ? cells : cells.filter(({ segmentTo }) => segmentTo === segment);
  const change = total(shown, ({ monetaryAfter, monetaryBefore }) => monetaryAfter - monetaryBefore);
  const whose = segment === null ? "All that customers spent" : `All that those now in ${segment} spent`;
  const than = isOtherwise ? "than in the run before, which had other settings" : "than in the run before";
  if (Math.round(change) === 0) return `${whose} is as much as in the run before`;
  return `${whose} is ${format.money(Math.abs(change))} ${change > 0 ? "more" : "less"} ${than}`;
}

/** The largest move names the matrix. */
export function matrixTitle({ cells }: Movement, format: Format, segment: string | null, isOtherwise = false): string {
  const largest = most(cellsOf(cells, segment).filter(isMove), ({ customers }) => customers);
  if (largest === undefined) {
    if (isOtherwise) return `${segment === null ? "Everybody" : `${segment}: everybody`} stands where they stood`;
    return segment === null
      ? "Every customer stayed in the same segment"
      : `${segment}: nobody moved to or from another segment`;
  }
  const { customers, segmentFrom, segmentTo } = largest;
  return isOtherwise
    ? `The largest difference by the settings: ${format.count(customers)} from ${segmentFrom} stand in ${segmentTo}`
    : `The largest move: ${format.count(customers)} from ${segmentFrom} to ${segmentTo}`;
}
