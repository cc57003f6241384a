import type { Evaluation } from "../../../lib/domain/forecast/numeric/maximise.ts";
import type { CustomerHistory } from "../../../lib/domain/forecast/outlook.ts";
import type { LifetimeCells } from "../../../lib/domain/forecast/types.ts";

/** A cell for each history. */
export function lifetimeCellsOf(histories: readonly CustomerHistory[]): LifetimeCells {
  const sorted = [...histories].sort((a, b) => a.repeatOrders - b.repeatOrders);
  const column = (name: keyof CustomerHistory) => Float64Array.from(sorted, (history) => history[name]);
  return {
    repeatOrders: column("repeatOrders"),
    recency: column("recency"),
    age: column("age"),
    customers: new Float64Array(sorted.length).fill(1),
  };
}

/** How far derivatives are from central differences, relative to the largest of them. */
export function derivativeGap(at: (parameters: readonly number[]) => Evaluation, point: readonly number[]): number {
  const here = at(point);
  let worst = 0;
  const compare = (found: number, expected: number, scale: number) => {
    worst = Math.max(worst, Math.abs(found - expected) / (1 + Math.abs(expected) + scale));
  };
  point.forEach((value, i) => {
    const step = 1e-5 * value;
    const moved = (by: number) => at(point.map((other, at) => (at === i ? other + by : other)));
    const [up, down] = [moved(step), moved(-step)];
    compare(here.gradient[i], (up.value - down.value) / (2 * step), (1e-9 * Math.abs(here.value)) / value);
    point.forEach((_, j) => {
      compare(here.hessian[i][j], (up.gradient[j] - down.gradient[j]) / (2 * step), 0);
    });
  });
  return worst;
}
