import { featureTitle } from "../clustering/space/features.ts";
import type { ForecastCheck } from "../forecast/forecast.ts";
import type { Summary } from "../run/summary.ts";
import { type Format, plural } from "./format.ts";
import { most } from "./words.ts";

/** Titles of drift, the back-test and data quality. */

export function driftTitle({ features }: NonNullable<Summary["drift"]>): string {
  const worst = most(features, ({ psi }) => psi);
  if (worst === undefined) return "No feature to compare";
  if (worst.level === "ok") return "Customers are spread as they were when the model was made";
  const name = featureName(worst.feature);
  return worst.level === "alarm"
    ? `${name} is spread otherwise than when the model was made`
    : `${name} has begun to spread otherwise than when the model was made`;
}

/**
 * @param runs ids of runs with their snapshot dates, the first one first
 * @param isOtherwise the last of them has other settings than the one before
 */
export function sharesTitle(
  runs: readonly (readonly [runId: string, date: string])[],
  segments: readonly string[],
  shareOf: (runId: string, segment: string) => number,
  format: Format,
  { segment, isOtherwise }: { readonly segment: string | null; readonly isOtherwise: boolean },
): string {
  const [first, last] = [runs[0]?.[0], runs.at(-1)?.[0]];
  if (first === undefined || last === undefined || first === last)
    return "One run so far: shares show from the second run on";
  const over = `over ${format.count(runs.length)} runs${isOtherwise ? " whose settings differ" : ""}`;
  if (segment !== null)
    return `${segment}: from ${format.share(shareOf(first, segment))} of customers to ${format.share(shareOf(last, segment))} ${over}`;
  const points = (name: string): number => (shareOf(last, name) - shareOf(first, name)) * 100;
  const largest = most(segments, (name) => Math.abs(points(name)));
  if (largest === undefined || Math.abs(points(largest)) < 0.05) return "The shares of the segments have not changed";
  return `${largest} ${points(largest) > 0 ? "gained" : "lost"} most ${over}: ${format.decimal(Math.abs(points(largest)), 1)} percentage points`;
}

type Backtest = NonNullable<Summary["backtest"]>;

export function backtestTitle(
  groups: readonly Backtest["groups"][number][],
  holdoutDays: number,
  format: Format,
  segment: string | null,
): string {
  const own = groups.find(({ kind, name }) => kind === "segment" && name === segment);
  const days = plural(format, holdoutDays, "day");
  if (own !== undefined) return `${own.name} spent ${format.money(own.averageSpend)} each in the ${days} after`;
  const best = most(groups, ({ averageSpend }) => averageSpend);
  if (best === undefined) return "No group to look at";
  return `${best.name} spent most in the ${days} after: ${format.money(best.averageSpend)} each`;
}

/** What the forecast was worth on the past, of orders and of money, beside two that need no model. */
export function checkSentence({ days, orders, value, coverage }: ForecastCheck, format: Format): string {
  const decimal = (figure: number): string => format.decimal(figure, 3);
  const covered =
    coverage === null
      ? ""
      : ` ${format.share(coverage.inside)} of the customers were within their interval of ${format.share(coverage.nominal)}.`;
  return (
    `Tried on the ${format.count(days)} days before: ${format.count(orders.model.expected)} orders were expected and ${format.count(orders.actual)} came. ` +
    `Mean error of a customer's orders: forecast ${decimal(orders.model.meanAbsoluteError)}, last year's orders ${decimal(orders.lastYear.meanAbsoluteError)}, own frequency ${decimal(orders.ownRate.meanAbsoluteError)}: ${nearest(orders)}.` +
    `${moneyErrors(value, format)}${covered}`
  );
}

type Contest = ForecastCheck["value"];

function moneyErrors(value: Contest, format: Format): string {
  if (value.model === null) return "";
  const money = ({ meanAbsoluteError }: Contest["lastYear"]): string => format.money(meanAbsoluteError);
  return ` Of a customer's money: forecast ${money(value.model)}, last year's ${money(value.lastYear)}, average order × own frequency ${money(value.ownRate)}: ${nearest(value)}.`;
}

function nearest({ model, lastYear, ownRate }: Contest): string {
  const best = Math.min(lastYear.meanAbsoluteError, ownRate.meanAbsoluteError);
  return model !== null && model.meanAbsoluteError <= best
    ? "the forecast was nearer than both"
    : "a forecast without a model was nearer, so take single customers' numbers with care";
}

export const featureName = featureTitle;

export function ledgerTitle({ history }: Summary, format: Format): string {
  const dropped = history.ledger.filter(({ reason }) => reason !== "kept");
  if (history.rowsIn === 0) return "No rows";
  const kept = `${format.share(history.rowsKept / history.rowsIn)} of ${plural(format, history.rowsIn, "row")} count`;
  const worst = most(dropped, ({ rows }) => rows);
  return worst === undefined ? kept : `${kept}; most of the rest: ${reasonText(worst.reason)}`;
}

/** Why the revenue is not the money of the rows kept, where it is not: the ledger has the money that rows came with. */
export function keptMoney({ history, totals, policy }: Summary, format: Format): string | null {
  const kept = history.ledger.find(({ reason }) => reason === "kept")?.amount ?? 0;
  const less = kept - totals.revenue;
  if (Math.abs(less) < 0.005) return null;
  const why =
    policy.returns === "match"
      ? "of some purchases a part came back, and is taken off their money"
      : "returns with an amount above zero are taken off, and customers with returns alone are not segmented";
  return `Rows are told with the money they came with: those kept have ${format.money(Math.abs(less))} ${less > 0 ? "more" : "less"} than the revenue: ${why}.`;
}

/** A reason of the ledger as people say it. */
export function reasonText(reason: string): string {
  const known: Readonly<Record<string, string>> = {
    missing_customer: "no customer",
    cancellation: "cancellations",
    duplicate: "exact duplicates",
    non_positive_price: "price of zero or less",
    non_positive_quantity: "quantity of zero or less",
    non_positive_amount: "amount of zero or less",
    returned: "purchases that were returned",
    matched_return: "returns that took a purchase back",
    non_product: "postage, fees and the like",
    before_window: "before the window",
    on_or_after_snapshot: "on or after the snapshot date",
    date_out_of_range: "impossible dates",
    kept: "kept",
  };
  return known[reason] ?? reason.replaceAll("_", " ");
}
