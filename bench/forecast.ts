import { createRandom } from "../lib/domain/clustering/fit/random.ts";
import { forecastCustomers } from "../lib/domain/forecast/customerForecast.ts";
import { fitLifetime } from "../lib/domain/forecast/fit/lifetimeFit.ts";
import { drawParameters } from "../lib/domain/forecast/fit/parameterDraws.ts";
import { simulateOrders, simulateSpend, simulateSpendRate } from "../lib/domain/forecast/fit/simulate.ts";
import { fitSpend } from "../lib/domain/forecast/fit/spendFit.ts";
import { totalsOf } from "../lib/domain/forecast/totals.ts";
import { discountForce } from "../lib/domain/forecast/value/presentValue.ts";

/**
 * CPU seconds of fitting and forecasting a million customers, from their cells on, on one core.
 * `node bench/forecast.ts [customers]`
 */
const customers = Number(process.argv[2] ?? 1_000_000);
const TRUTH = { r: 0.25, alpha: 30, a: 0.8, b: 2.5 };
const SPEND = { p: 6, q: 4, gamma: 16 };

const random = createRandom("bench");
const columns = ["repeatOrders", "recencyDays", "ageDays", "repeatSpend"] as const;
const shop = Object.fromEntries(columns.map((name) => [name, new Float64Array(customers)])) as Record<
  (typeof columns)[number],
  Float64Array
>;
for (let at = 0; at < customers; at++) {
  const age = Math.floor(random() * 1000);
  const orders = simulateOrders(random, "bg-nbd", TRUTH, age);
  const days = [...new Set(orders.map(Math.ceil))];
  shop.ageDays[at] = age;
  shop.repeatOrders[at] = days.length;
  shop.recencyDays[at] = days.at(-1) ?? 0;
  const spent = days.length === 0 ? 0 : simulateSpend(random, SPEND, simulateSpendRate(random, SPEND), days.length);
  shop.repeatSpend[at] = Math.round(spent * 100) / 100;
}

/** Customers counted by keys, and what they spent, as the SQL hands them over: ordered by repeat orders. */
function counted(keys: readonly ((at: number) => number)[], isCounted: (at: number) => boolean): Float64Array[] {
  const counts = new Map<string, { customers: number; spent: number }>();
  for (let at = 0; at < customers; at++) {
    if (!isCounted(at)) continue;
    const key = keys.map((of) => of(at)).join(" ");
    const cell = counts.get(key) ?? { customers: 0, spent: 0 };
    cell.customers++;
    cell.spent += shop.repeatSpend[at];
    counts.set(key, cell);
  }
  const rows = [...counts].map(([key, cell]) => [...key.split(" ").map(Number), cell.customers, cell.spent]);
  rows.sort((a, b) => a[0] - b[0]);
  return [...keys, 0, 0].map((_, column) => Float64Array.from(rows, (row) => row[column]));
}
const x = (at: number): number => shop.repeatOrders[at];
const [repeatOrders, recency, age, count, totalRepeatSpend] = counted(
  [x, (at) => shop.recencyDays[at], (at) => shop.ageDays[at]],
  () => true,
);
const [spendOrders, total, buyers] = counted([x, (at) => shop.repeatSpend[at]], (at) => x(at) > 0);
const cells = { repeatOrders, recency, age, customers: count, totalRepeatSpend };
const spendCells = {
  repeatOrders: spendOrders,
  meanSpend: total.map((money, at) => money / spendOrders[at]),
  customers: buyers,
};

let before = process.cpuUsage();
function lap(what: string): void {
  const { user, system } = process.cpuUsage(before);
  console.log(`${what.padEnd(36)} ${((user + system) / 1e6).toFixed(2)} CPU-s`);
  before = process.cpuUsage();
}
console.log(`${customers} customers, ${age.length} cells, ${buyers.length} cells of spend`);
const lifetime = fitLifetime("bg-nbd", cells);
lap(`fit of BG/NBD`);
const spend = fitSpend(spendCells);
lap("fit of Gamma-Gamma");
if (!lifetime.isFitted) throw new Error(JSON.stringify(lifetime));
if (!spend.isFitted) throw new Error(JSON.stringify(spend));
const fitted = { model: "bg-nbd" as const, lifetime: lifetime.parameters, spend: spend.parameters };
const draws = drawParameters(fitted, cells, { draws: 8, seed: 42 });
lap("8 draws of the parameters");
forecastCustomers(fitted, draws, shop);
lap("every customer, with intervals");
forecastCustomers(fitted, draws, shop, 0.1);
lap("the same, discounted");
totalsOf(fitted, draws, { cells, spendCells }, 90);
lap("totals");
totalsOf(fitted, draws, { cells, spendCells }, 90, discountForce(0.1));
lap("totals, discounted");
console.log(lifetime.parameters, spend.parameters);
