import { createFormat } from "../../../lib/domain/dashboard/format.ts";
import { changedSettings, isUnderOtherSettings, salesSentences } from "../../../lib/domain/dashboard/salesSentences.ts";
import type { Summary } from "../../../lib/domain/run/summary.ts";
import { percentText } from "../../../lib/domain/text/percent.ts";
import { style as pc } from "../../terminal.ts";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** What a run says of sales, of the run before, of drift and of the back-test: a line each where there is something. */
export function analysisPart(summary: Summary): string {
  const { movement, drift, backtest, forecast, findings } = summary;
  const format = createFormat({ locale: "en-US", currency: summary.history.currency });
  const changed = changedSettings(summary, format);
  const lines = [
    ...changed.map((sentence) => `${pc.yellow("!")} ${sentence}`),
    ...salesSentences(summary.sales, format),
    ...(movement == null ? [] : [movementLine(movement, isUnderOtherSettings(summary))]),
    ...(drift == null ? [] : [driftLine(drift)]),
    ...(backtest == null ? [] : [`Back-test: ${backtest.verdict}`]),
    ...(forecast == null ? [] : [forecastLine(forecast)]),
    ...(findings ?? []).map(({ level, message }) => `${level === "info" ? pc.cyan("i") : pc.yellow("!")} ${message}`),
  ];
  return lines.length === 0 ? "" : [pc.bold("Over time"), ...lines].join("\n");
}

/** @param isOtherwise settings changed in between: then nobody is said to have moved. */
function movementLine({ runFrom, cells }: NonNullable<Summary["movement"]>, isOtherwise: boolean): string {
  const count = (which: (cell: (typeof cells)[number]) => boolean): number =>
    cells.filter(which).reduce((sum, { customers }) => sum + customers, 0);
  const added = count(({ segmentFrom }) => segmentFrom === null);
  const gone = count(({ segmentTo }) => segmentTo === null);
  const both = cells.filter(({ segmentFrom, segmentTo }) => segmentFrom !== null && segmentTo !== null);
  const known = both.reduce((sum, { customers }) => sum + customers, 0);
  const moved = count(
    ({ segmentFrom, segmentTo }) => segmentFrom !== null && segmentTo !== null && segmentFrom !== segmentTo,
  );
  if (isOtherwise)
    return `Against run ${runFrom}: ${whole.format(moved)} of ${whole.format(known)} customers stand in another segment under these settings.`;
  const edges = cells.reduce((sum, { thresholdOnly }) => sum + thresholdOnly, 0);
  return (
    `Since run ${runFrom}: ${whole.format(moved)} of ${whole.format(known)} customers changed segment, ` +
    `${whole.format(edges)} of them because the thresholds moved; ${whole.format(added)} are new, ${whole.format(gone)} gone.`
  );
}

function forecastLine({ reason, horizonDays, totals, check, discountRate }: NonNullable<Summary["forecast"]>): string {
  if (reason !== null || totals === null) return `No forecast. ${reason ?? ""}`;
  const range = ({ expected, low, high }: { expected: number; low: number; high: number }) =>
    `${whole.format(expected)} (90%: ${whole.format(low)} to ${whole.format(high)})`;
  const discount = discountRate === undefined ? "" : `, value discounted at ${percentText(discountRate)} a year`;
  const value = totals.value === null ? "" : ` worth ${range(totals.value)}`;
  const past =
    check === null
      ? ""
      : ` In the last ${check.days} days ${whole.format(check.orders.model.expected)} were expected and ${whole.format(check.orders.actual)} came.`;
  return `Forecast: the customers will place ${range(totals.orders)} orders${value} in the next ${horizonDays} days${discount}.${past} More: rfm forecast.`;
}

function driftLine({ referenceModel, features, thresholds }: NonNullable<Summary["drift"]>): string {
  const names = { recency_days: "R", frequency: "F", monetary: "M" };
  const values = features.map(({ feature, psi }) => `${names[feature]} ${psi.toFixed(3)}`).join(", ");
  return `Drift from the customers of ${referenceModel}: ${values} (stability index; ${thresholds.warn} is a little, ${thresholds.alarm} a lot).`;
}
