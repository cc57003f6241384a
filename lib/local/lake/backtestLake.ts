import { randomBytes } from "node:crypto";
import type { Config } from "../../domain/config/config.ts";
import { scorePlanOf } from "../../domain/config/scoreSettings.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Backtest } from "../../domain/run/backtest.ts";
import type { Summary } from "../../domain/run/summary.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { attemptPrefix, modelKey } from "../../workflow/lake/layout.ts";
import { readRunPlan } from "../../workflow/lake/runPlan.ts";
import { cutOf, knowsEarlierSegments, readBacktest } from "../../workflow/report/backtest.ts";
import { measuresAsOf } from "../../workflow/sql/featureParameters.ts";
import type { StatementParameters } from "../../workflow/sql/parameters.ts";
import { scoreParameters } from "../../workflow/sql/policyParameters.ts";
import { renderStatementFrom } from "../../workflow/sql/render.ts";
import { askLake, openRun } from "./openRun.ts";

/** A history that is shorter than twice the days held out. */
export class ShortHistoryError extends SegmentationError {
  constructor(holdoutDays: number, firstDate: string, snapshotDate: string) {
    super(
      "SHORT_HISTORY",
      `${holdoutDays} days held out need a history of ${2 * holdoutDays} days; the run counts purchases from ${firstDate} to ${snapshotDate}. Hold out fewer days (--holdout-days).`,
      { holdoutDays, firstDate, snapshotDate },
    );
  }
}

/** Scores or segments by what orders alone do not tell, such as different products. */
export class UnknownFeaturesError extends SegmentationError {
  constructor() {
    super(
      "UNKNOWN_FEATURES",
      "Scores or segments look at features (scores.measures, segments) that are not known as of an earlier day, so segments of that day cannot be told.",
    );
  }
}

/**
 * The back-test of the lake's current run, over its orders and with its policies.
 * @throws NoLakeError, ShortHistoryError, UnknownFeaturesError, or LakeBusyError while a run is going on.
 */
export async function backtestLake(directory: string, holdoutDays: number): Promise<Backtest> {
  const { lakeDirectory, store, manifest } = await openRun(directory);
  const { runId, attempt, snapshotDate, customers } = manifest;
  const [{ config }, model, { history }] = await Promise.all([
    readRunPlan(store, attempt),
    readJson<ModelCard>(store, modelKey(manifest.modelVersion)),
    readJson<Summary>(store, manifest.summaryKey),
  ]);
  const { firstDate } = history;
  const cut = cutOf({ firstDate, snapshotDate, customers }, holdoutDays, config.windowMonths);
  if (!knowsEarlierSegments(config)) throw new UnknownFeaturesError();
  if (cut === undefined) throw new ShortHistoryError(holdoutDays, firstDate, snapshotDate);
  // A place of its own beside the papers of the attempt, gone afterwards.
  const prefix = `${attemptPrefix(attempt)}backtest-${randomBytes(4).toString("hex")}/`;
  const statement = renderStatementFrom("features/backtest_customers", {
    ...{ run_id: runId, attempt, sample_modulus: String(cut.sampledOneIn), ...measuresAsOf(cut.cutDate, config) },
    output_uri: `${store.uri}/${prefix}customers/`,
  });
  const intervals = repeatIntervals(
    config,
    { run_id: runId, attempt, cut_date: cut.cutDate },
    `${store.uri}/${prefix}intervals/`,
  );
  return askLake(lakeDirectory, prefix, async (engine) => {
    await engine.run(statement);
    if (intervals !== undefined) await engine.run(intervals);
    const backtest = await readBacktest(store, `${prefix}customers/`, `${prefix}intervals/`, {
      cut,
      config,
      model,
      holdoutDays,
    });
    if (backtest === null) throw new ShortHistoryError(holdoutDays, firstDate, snapshotDate);
    return backtest;
  });
}

/** The statement of the time between purchases as of the cut; undefined where recency is not scored by it. */
function repeatIntervals(config: Config, of: StatementParameters, outputUri: string): string | undefined {
  if (scorePlanOf(config.scores).recencyDays.method !== "repeat-interval") return undefined;
  const { recency_bins } = scoreParameters(config);
  return renderStatementFrom("features/repeat_intervals", { ...of, recency_bins, output_uri: outputUri });
}
