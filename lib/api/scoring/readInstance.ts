import { addDays, daysBetween } from "../../domain/dates.ts";
import { forecastHistories, type GivenFigures, type GivenHistory } from "../../domain/forecast/forecastHistories.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { toTenThousandths } from "../../domain/money.ts";
import { featuresOfModel } from "../../domain/rfm/featureColumns.ts";
import { TransactionCurrencyError } from "../../domain/rfm/oneCurrency.ts";
import { aggregateCustomer, type CustomerPurchases, NoPurchaseError } from "../../domain/rfm/scoringTransactions.ts";
import { featuresOfLines } from "../../domain/rfm/transactionFeatures.ts";
import { windowStart } from "../../workflow/sql/policyParameters.ts";
import { ProblemError } from "../problems.ts";
import type { Instance, Prediction } from "../schemas.ts";
import type { ServedModel } from "./modelSource.ts";

/** What a model scores of an instance, and where it is known, what its forecast needs. */
export interface ReadInstance {
  readonly input: Prediction["input_data"];
  readonly history: GivenHistory | undefined;
}

/** @param name the instance's in faults, with a dot. @throws ProblemError 422 for what cannot be scored. */
export function readInstance(model: ServedModel, instance: Instance, name: string): ReadInstance {
  const { snapshotDate: ofModel } = model.card.lineage;
  if (!("transactions" in instance)) {
    const { recency, frequency, monetary } = instance;
    const further = instance.features === undefined ? {} : { features: instance.features };
    return { input: { recency, frequency, monetary, ...further }, history: givenHistory(instance, ofModel, name) };
  }
  const snapshotDate = instance.snapshot_date ?? ofModel;
  const lines = instance.transactions.map(({ amount, ...line }) => ({
    ...line,
    amountUnits: BigInt(toTenThousandths(amount)),
  }));
  const window = { snapshotDate, windowStart: windowStart(snapshotDate, model.config.windowMonths) };
  try {
    const { rfm, purchases, counted } = aggregateCustomer(lines, model.config, window);
    const { recencyDays: recency, ...values } = rfm;
    const basis = model.config.frequencyBasis;
    const told = featuresOfLines(featuresOfModel(model.card), { lines: counted, basis, snapshotDate });
    const features = { ...told, ...instance.features };
    const all = Object.keys(features).length === 0 ? {} : { features };
    const input = { recency, ...values, snapshot_date: snapshotDate, ...all };
    return { input, history: historyOf(purchases, snapshotDate) };
  } catch (error) {
    if (error instanceof NoPurchaseError || error instanceof TransactionCurrencyError)
      throw refused(`${name}transactions`, error.message);
    throw error;
  }
}

/** As a run has it: orders are known up to the day before the snapshot date. */
function historyOf(purchases: CustomerPurchases, snapshotDate: string): GivenHistory {
  const { firstPurchase, lastPurchase, activeDays, repeatMonetary } = purchases;
  const forecastDate = addDays(snapshotDate, -1);
  return {
    ...{ repeatOrders: activeDays - 1, recencyDays: daysBetween(firstPurchase, lastPurchase) },
    ...{ ageDays: daysBetween(firstPurchase, forecastDate), repeatSpend: repeatMonetary, forecastDate },
  };
}

/** @throws ProblemError 422 for days that cannot be. */
function givenHistory(
  { recency, frequency, history }: Exclude<Instance, { transactions: unknown }>,
  snapshotDate: string,
  name: string,
): GivenHistory | undefined {
  if (history === undefined) return undefined;
  const { tenure_days: tenure, active_days, repeat_monetary: repeatSpend = Number.NaN } = history;
  if (tenure < recency)
    throw refused(
      `${name}history.tenure_days`,
      `${tenure} is less than recency, ${recency}: the first purchase is no later than the last.`,
    );
  const recencyDays = tenure - recency;
  const activeDays = active_days ?? Math.min(frequency, recencyDays + 1);
  if (activeDays > recencyDays + 1)
    throw refused(
      `${name}history.active_days`,
      `${activeDays} do not fit into the ${recencyDays + 1} days from the first purchase to the last.`,
    );
  if (activeDays === 1 && recencyDays > 0)
    throw refused(
      `${name}history.tenure_days`,
      `${tenure} is more than recency, ${recency}, but there is one day with a purchase.`,
    );
  const ageDays = Math.max(recencyDays, tenure - 1);
  return { repeatOrders: activeDays - 1, recencyDays, ageDays, repeatSpend, forecastDate: addDays(snapshotDate, -1) };
}

/** What is to be expected of each, in their order; undefined where the model or the instance does not tell. */
export function forecastsOf(
  { forecast }: ModelCard,
  instances: readonly ReadInstance[],
): readonly (GivenFigures | undefined)[] {
  const given = instances.flatMap(({ history }) => history ?? []);
  const found = forecast === undefined || given.length === 0 ? undefined : forecastHistories(forecast, given);
  let next = 0;
  return instances.map(({ history }) => (history === undefined ? undefined : found?.[next++]));
}

export function refused(field: string, message: string): ProblemError {
  return new ProblemError(422, "CANNOT_SCORE", `${field}: ${message}`, { faults: [{ field, message }] });
}
