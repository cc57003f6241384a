import type { Seed } from "../clustering/fit/random.ts";
import { percentText } from "../text/percent.ts";
import { isLeavingSeen } from "./fit/leaving.ts";
import { fitLifetime } from "./fit/lifetimeFit.ts";
import { drawParameters, type Fitted, type ParameterDraw } from "./fit/parameterDraws.ts";
import { fitSpend } from "./fit/spendFit.ts";
import type { Forecast, TimeUnit } from "./forecast.ts";
import { type CheckedCustomers, checkForecast } from "./holdout.ts";
import { testIndependence } from "./independence.ts";
import { totalsOf } from "./totals.ts";
import { type OrderDay, trackOrders } from "./tracking.ts";
import type {
  CustomerCells,
  Fit,
  FitFailure,
  LifetimeCells,
  LifetimeModel,
  LifetimeParameters,
  SpendCells,
} from "./types.ts";
import { discountForce } from "./value/presentValue.ts";

export interface ForecastInput {
  readonly model: LifetimeModel;
  readonly timeUnit: TimeUnit;
  /** ISO date: orders up to its end are known. */
  readonly asOf: string;
  readonly horizonDays: number;
  /** Times in days. */
  readonly cells: CustomerCells;
  readonly spendCells: SpendCells;
  /** What came afterwards; null where nothing is known of it. */
  readonly later: { readonly days: number; readonly customers: CheckedCustomers } | null;
  readonly orderDays: readonly OrderDay[];
  /** Last day of which orders are known. */
  readonly knownUntil: string;
  readonly seed: Seed;
  /** Yearly, 0..1: values ahead are present values. */
  readonly discountRate?: number;
  /** Draws of the parameters at most; default 40. */
  readonly draws?: number;
}

/** Fewer say too little of how customers differ. */
export const LEAST_REPEAT_BUYERS = 100;
/** Of a shorter history, nobody has been gone for long. */
export const LEAST_DAYS = 180;
/** Draws of the parameters: enough for limits of 5%. */
const DRAWS = 40;
/** Cells times draws that are worth their time; large shops know their parameters well. */
const MOST_EVALUATIONS = 1_000_000;

export const unitDaysOf = (unit: TimeUnit): number => (unit === "week" ? 7 : 1);

/** A forecast, and what single customers are forecast from: null where there are no numbers. */
export interface ForecastResult {
  readonly forecast: Forecast;
  /** Parameters in the forecast's unit of time, and what they might as well have been. */
  readonly basis: ForecastBasis | null;
}

interface ForecastBasis {
  readonly fitted: Fitted;
  readonly draws: readonly ParameterDraw[];
  /** Yearly; absent where values are not discounted. */
  readonly discountRate?: number;
}

/** Named only where there is one, so that what is not discounted has the version that it always had. */
const discountOf = (discountRate: number): { readonly discountRate?: number } =>
  discountRate === 0 ? {} : { discountRate };

/** Fits, forecasts and checks; where that is not possible, `reason` says why and there are no numbers. */
export function makeForecast(input: ForecastInput): ForecastResult {
  const { model, timeUnit, cells, spendCells, seed } = input;
  const unitDays = unitDaysOf(timeUnit);
  const empty = emptyForecast(input);
  const tooLittle = reasonOfTooLittle(empty);
  const without = (reason: string): ForecastResult => ({ forecast: { ...empty, reason }, basis: null });
  if (tooLittle !== null) return without(tooLittle);
  const scaled = inUnits(cells, unitDays);
  const lifetime = fitLifetime(model, scaled);
  if (!lifetime.isFitted) return without(reasonOfFailure(model, lifetime));
  const spend = spendCells.customers.length === 0 ? null : fitSpend(spendCells);
  const spendFit = spend?.isFitted === true ? spend : null;
  const fitted: Fitted = { model, lifetime: lifetime.parameters, spend: spendFit?.parameters ?? null };
  const drawn = drawParameters(fitted, scaled, { seed, draws: drawsFor(cells, input.draws) });
  const draws = drawn.length === 0 ? [fitted] : drawn;
  const force = discountForce(input.discountRate ?? 0, unitDays);
  const totals = totalsOf(fitted, draws, { cells: scaled, spendCells }, input.horizonDays / unitDays, force);
  const { parameters, standardErrors, logLikelihood, customers, iterations } = lifetime;
  const independence = spendFit === null ? null : testIndependence(spendCells);
  const warnings = [
    ...leavingWarning(parameters),
    ...(spendFit === null ? [] : leftOutWarning(empty.repeatBuyers, spendCells)),
    ...(spend?.isFitted === false ? [`No numbers of money: ${reasonOfFailure("gamma-gamma", spend)}`] : []),
    ...(drawn.length === 0
      ? ["No simulated shop could be fitted, so intervals hold chance alone, not the parameters'."]
      : []),
    ...(independence?.isDependent === true ? [dependenceWarning(independence.perDoubling)] : []),
    ...(spendFit !== null && totals.value === null
      ? ["Amounts scatter so much (q is 2 or less) that the sum of what customers will spend has no interval."]
      : []),
  ];
  const forecast: Forecast = {
    ...empty,
    lifetime: {
      ...{ model, timeUnit, parameters, logLikelihood, customers, cells: lifetime.cells, iterations },
      standardErrors: {
        ...standardErrors,
        ...(parameters.a === 0 ? { a: null, b: null } : {}),
      },
    },
    spend:
      spendFit === null || independence === null
        ? null
        : { model: "gamma-gamma", ...shownFit(spendFit), meanSpend: meanSpendOf(spendFit.parameters), independence },
    totals,
    check:
      input.later === null
        ? null
        : checkForecast(fitted, draws, input.later.customers, { days: input.later.days, unitDays, seed }),
    tracking: trackOrders(fitted, input.orderDays, { unitDays, until: input.knownUntil }),
    warnings,
  };
  return { forecast, basis: { fitted, draws, ...discountOf(input.discountRate ?? 0) } };
}

const drawsFor = ({ age }: LifetimeCells, most = DRAWS): number =>
  Math.max(8, Math.min(most, Math.floor(MOST_EVALUATIONS / age.length)));

function emptyForecast({ asOf, horizonDays, timeUnit, cells, discountRate = 0 }: ForecastInput): Forecast {
  const count = (isCounted: (at: number) => boolean): number =>
    cells.customers.reduce((sum, customers, at) => sum + (isCounted(at) ? customers : 0), 0);
  return {
    ...{ asOf, horizonDays, timeUnit, ...discountOf(discountRate) },
    customers: count(() => true),
    repeatBuyers: count((at) => cells.repeatOrders[at] > 0),
    historyDays: cells.age.reduce((most, age) => Math.max(most, age + 1), 0),
    ...{ reason: null, lifetime: null, spend: null, totals: null, check: null, tracking: null, warnings: [] },
  };
}

function reasonOfTooLittle({ repeatBuyers, historyDays, asOf }: Forecast): string | null {
  if (historyDays < LEAST_DAYS) {
    return `The history until ${asOf} has ${historyDays} days; a forecast needs ${LEAST_DAYS}, for in less time nobody can be told to have left.`;
  }
  if (repeatBuyers < LEAST_REPEAT_BUYERS) {
    return `${repeatBuyers} customers ordered on more than one day until ${asOf}; a forecast needs ${LEAST_REPEAT_BUYERS}, for fewer do not show how customers differ.`;
  }
  return null;
}

function reasonOfFailure(model: string, found: FitFailure): string {
  const name = model.toUpperCase();
  if (found.failure.reason === "at-boundary") {
    const { direction } = found.failure;
    return `${name} does not fit these customers: the likelihood grows without end as ${found.parameter} goes to ${direction}.`;
  }
  return `${name} was not fitted: ${found.failure.reason === "not-finite" ? "the likelihood is not a number" : "the search found no maximum"}.`;
}

function leavingWarning(parameters: LifetimeParameters): string[] {
  if (isLeavingSeen(parameters)) return [];
  const share = parameters.a === 0 ? "No customer" : "Hardly a customer";
  return [
    `${share} is seen to leave: orders thin out as they do by chance. Everybody is as likely a customer still, so that tells nobody apart; expected orders tell customers apart by their rates alone.`,
  ];
}

/** A share of repeat buyers whose amounts the model cannot take that is worth a warning. */
const LEAST_LEFT_OUT = 0.01;

/** Gamma-Gamma knows amounts above zero alone; where returns are taken off, some customers have none. */
function leftOutWarning(repeatBuyers: number, { customers }: SpendCells): string[] {
  const leftOut = repeatBuyers - customers.reduce((sum, count) => sum + count, 0);
  if (leftOut < LEAST_LEFT_OUT * repeatBuyers) return [];
  return [
    `${leftOut} of ${repeatBuyers} repeat buyers have nothing left of what they bought after their first day; amounts are fitted on the others, so values are stated too high.`,
  ];
}

function dependenceWarning(perDoubling: number): string {
  return `Customers who order twice as often spend ${percentText(Math.abs(perDoubling), 0)} ${perDoubling > 0 ? "more" : "less"} on an order; the forecast takes it that they spend the same, so the value of the most frequent is stated too ${perDoubling > 0 ? "low" : "high"} before their own amounts are many.`;
}

function shownFit<P>({ parameters, standardErrors, logLikelihood, customers, cells, iterations }: Fit<P>) {
  return { parameters, standardErrors, logLikelihood, customers, cells, iterations };
}

const meanSpendOf = ({ p, q, gamma }: { p: number; q: number; gamma: number }): number | null =>
  q > 1 ? (p * gamma) / (q - 1) : null;

const inUnits = (cells: CustomerCells, unitDays: number): CustomerCells => ({
  ...cells,
  recency: cells.recency.map((days) => days / unitDays),
  age: cells.age.map((days) => days / unitDays),
});
