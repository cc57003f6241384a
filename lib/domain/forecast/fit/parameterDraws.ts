import { createRandom, deriveSeed, type Random, type Seed } from "../../clustering/fit/random.ts";
import type { LifetimeCells, LifetimeModel, LifetimeParameters, SpendCells, SpendParameters } from "../types.ts";
import { fitLifetime } from "./lifetimeFit.ts";
import { simulateOrders, simulateSpend, simulateSpendRate } from "./simulate.ts";
import { fitSpend } from "./spendFit.ts";

/** What the parameters might as well have been. */
export interface ParameterDraw {
  readonly lifetime: LifetimeParameters;
  readonly spend: SpendParameters | null;
}

export interface Fitted {
  readonly model: LifetimeModel;
  readonly lifetime: LifetimeParameters;
  readonly spend: SpendParameters | null;
}

/** Simulated customers of one draw: more would tell no more, for the deviation is scaled to the shop's size. */
const MOST_SIMULATED = 10_000;

/**
 * Parametric bootstrap (Efron and Tibshirani 1993): shops are simulated from the fit, with the ages of the cells, and
 * fitted again. Of large shops a part is simulated, and the deviations in the logarithms of the parameters are scaled
 * by the root of its share (m out of n). A simulated shop without a maximum is left out. Where nobody is seen to
 * leave, nobody does in the draws: a search for those who might runs away in every second one.
 */
export function drawParameters(
  { model, lifetime, spend }: Fitted,
  cells: LifetimeCells,
  { draws, seed }: { readonly draws: number; readonly seed: Seed },
): ParameterDraw[] {
  const customers = cells.customers.reduce((sum, count) => sum + count, 0);
  const ages = spreadAges(cells, Math.min(customers, MOST_SIMULATED));
  const scale = Math.sqrt(ages.length / customers);
  return Array.from({ length: draws }, (_, draw) => {
    const random = createRandom(deriveSeed(seed, "forecast", draw));
    const shop = simulateShop(random, { model, lifetime, spend }, ages);
    const again = fitLifetime(model, shop.cells, lifetime);
    if (!again.isFitted) return undefined;
    const spendAgain = spend === null ? null : fitSpend(shop.spendCells, spend);
    if (spendAgain?.isFitted === false) return undefined;
    return {
      lifetime: between(lifetime, again.parameters, scale),
      spend: spend === null || spendAgain === null ? null : between(spend, spendAgain.parameters, scale),
    };
  }).filter((draw) => draw !== undefined);
}

/** So many ages, as they are distributed over the cells. */
function spreadAges(cells: LifetimeCells, count: number): Float64Array {
  const total = cells.customers.reduce((sum, customers) => sum + customers, 0);
  const ages = new Float64Array(count);
  let cell = 0;
  let until = cells.customers[0];
  for (let i = 0; i < count; i++) {
    const position = ((i + 0.5) * total) / count;
    while (until < position && cell + 1 < cells.age.length) until += cells.customers[++cell];
    ages[i] = cells.age[cell];
  }
  return ages;
}

function simulateShop(random: Random, { model, lifetime, spend }: Fitted, ages: Float64Array) {
  const rows = Array.from(ages, (age) => {
    const orders = simulateOrders(random, model, lifetime, age);
    const x = orders.length;
    const total = spend === null || x === 0 ? 0 : simulateSpend(random, spend, simulateSpendRate(random, spend), x);
    return { x, recency: orders.at(-1) ?? 0, age, mean: x === 0 ? 0 : total / x };
  }).sort((a, b) => a.x - b.x);
  const column = (from: typeof rows, name: "x" | "recency" | "age" | "mean") =>
    Float64Array.from(from, (row) => row[name]);
  const ones = (length: number) => new Float64Array(length).fill(1);
  const cells: LifetimeCells = {
    repeatOrders: column(rows, "x"),
    recency: column(rows, "recency"),
    age: column(rows, "age"),
    customers: ones(rows.length),
  };
  const buyers = rows.filter(({ mean }) => mean > 0);
  const spendCells: SpendCells = {
    repeatOrders: column(buyers, "x"),
    meanSpend: column(buyers, "mean"),
    customers: ones(buyers.length),
  };
  return { cells, spendCells };
}

/**
 * From one set of parameters towards another by a share of the way, in logarithms; a zero has none, and is one or the
 * other.
 */
function between<Parameters extends object>(from: Parameters, to: Parameters, share: number): Parameters {
  const [start, end] = [from, to] as Readonly<Record<string, number>>[];
  const moved = Object.entries(start).map(([name, value]) => [
    name,
    value > 0 && end[name] > 0 ? value * (end[name] / value) ** share : share === 1 ? end[name] : value,
  ]);
  return Object.fromEntries(moved);
}
