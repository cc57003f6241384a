import { type FeatureSource, featureOfKey, featureSources } from "../../domain/clustering/space/features.ts";
import { parseConfig } from "../../domain/config/configFile.ts";
import { scoreMeasuresOf } from "../../domain/config/measureSettings.ts";
import { merged, type SettingsTree } from "../../domain/config/mergeSettings.ts";
import { runFeatures } from "../../domain/config/runFeatures.ts";
import { bandPlanOf, scorePlanOf } from "../../domain/config/scoreSettings.ts";
import { SegmentationError } from "../../domain/errors.ts";
import type { ModelCard } from "../../domain/model/modelCard.ts";
import { featuresOfModel, furtherFeatures, measuredColumn } from "../../domain/rfm/featureColumns.ts";
import { ruleInMemory } from "../../domain/rfm/rules/ruleInMemory.ts";
import { ruleFeatures } from "../../domain/rfm/rules/segmentRules.ts";
import { nameSegments, segmentColumns } from "../../domain/rfm/scoreFeatures.ts";
import { withMeasures } from "../../domain/rfm/scorePlan.ts";
import { perMeasure } from "../../domain/rfm/scoring.ts";
import { WIDE } from "../../tables/segments.ts";
import type { RunPlan } from "../../workflow/documents.ts";
import { readJson } from "../../workflow/lake/json.ts";
import { curatedPrefix, modelKey } from "../../workflow/lake/layout.ts";
import { countRows } from "../../workflow/lake/parquet.ts";
import { readRunPlan } from "../../workflow/lake/runPlan.ts";
import { readFeatures } from "../../workflow/shards/features.ts";
import { openRun } from "../lake/openRun.ts";

/** Settings whose effect only a run shows. */
export class TrySettingsError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("TRY_SETTINGS", message, context);
  }
}

/** What other settings would do to the current run's customers. */
export interface Trial {
  readonly runId: string;
  readonly customers: number;
  /** Customers who would be in a segment of another name. */
  readonly moved: number;
  /** Segments before and after, in their order. */
  readonly segments: readonly { readonly name: string; readonly before: number; readonly after: number }[];
  /** From one segment to another, the most customers first. */
  readonly moves: readonly { readonly from: string; readonly to: string; readonly customers: number }[];
}

/**
 * The segments of the current run's customers under other settings of scores and segments, beside the run's own.
 * Nothing is written.
 * @throws NoLakeError, ConfigError, TrySettingsError for settings of anything else.
 */
export async function trySettings(directory: string, change: SettingsTree): Promise<Trial> {
  const others = Object.keys(change).filter((name) => name !== "scores" && name !== "segments");
  if (others.length > 0)
    throw new TrySettingsError(`Only scores and segments can be tried without a run, not ${others.join(", ")}.`, {
      others,
    });
  const { store, manifest } = await openRun(directory);
  const { runId, attempt, modelVersion } = manifest;
  const [runPlan, card] = await Promise.all([
    readRunPlan(store, attempt),
    readJson<ModelCard>(store, modelKey(modelVersion)),
  ]);
  const config = parseConfig(merged(runPlan.config, change), "The settings");
  const plan = scorePlanOf(config.scores);
  if (plan.recencyDays.method === "repeat-interval")
    throw new TrySettingsError("The days between purchases are found by a run: repeat-interval cannot be tried.");
  const scoreMeasures = scoreMeasuresOf(config.scores.measures);
  const sources = sourcesOf(runPlan, [
    ...featuresOfModel({ features: [], scoreMeasures }),
    ...furtherFeatures(ruleFeatures(config.segments).map((name) => ({ name }))),
    ...featuresOfModel({ ...card, features: [] }),
  ]);
  const files = await countRows(store, `${curatedPrefix(runId, attempt)}features/`);
  const ranges = files.map(({ key, rows }) => ({ key, start: 0, end: rows }));
  const features = await readFeatures(store, ranges, sources);
  const { customerId, recencyDays, frequency, monetaryUnits: monetary } = features;
  const measured = perMeasure((measure) =>
    scoreMeasures?.[measure] === undefined
      ? undefined
      : measuredColumn(features, measure, scoreMeasures).map((value) => Math.round(value * 10_000)),
  );
  const columns = withMeasures({ customerId, recencyDays, frequency, monetary }, measured);
  const plans = { scorePlan: plan, bandPlan: bandPlanOf(config.scores), segments: config.segments };
  const { scores, rule } = ruleInMemory(plans, columns, []);
  const after = nameSegments(rule, scores, features);
  const before = segmentColumns(card, features);
  const names = [...new Set([...Object.keys(rule.segmentTable), ...Object.keys(card.segmentTable)])];
  return { runId, ...compare(before, after, names) };
}

/** Where the features are in the run's table. @throws TrySettingsError for one that the run did not compute. */
function sourcesOf(
  { config, carriedFeatures }: RunPlan,
  keys: readonly string[],
): Pick<FeatureSource, "key" | "column">[] {
  const computed = featureSources(runFeatures(config, carriedFeatures));
  return [...new Set(keys)].map((key) => {
    const found = computed.find((source) => source.key === key);
    const column = found?.column ?? featureSources([featureOfKey(key) ?? []].flat())[0]?.column;
    if (column !== undefined && (found !== undefined || !Object.hasOwn(WIDE, column))) return { key, column };
    throw new TrySettingsError(`The run has not computed ${key}, so it cannot be tried without one.`, { key });
  });
}

function compare(before: readonly string[], after: readonly string[], names: readonly string[]): Omit<Trial, "runId"> {
  const pairs = new Map<string, { from: string; to: string; customers: number }>();
  before.forEach((from, row) => {
    const to = after[row] as string;
    const key = JSON.stringify([from, to]);
    const pair = pairs.get(key) ?? { from, to, customers: 0 };
    pair.customers++;
    pairs.set(key, pair);
  });
  const all = [...pairs.values()];
  const sum = (of: (pair: { from: string; to: string }) => boolean): number =>
    all.filter(of).reduce((total, { customers }) => total + customers, 0);
  const moves = all.filter(({ from, to }) => from !== to).sort((a, b) => b.customers - a.customers);
  return {
    customers: before.length,
    moved: sum(({ from, to }) => from !== to),
    segments: names.map((name) => ({
      name,
      before: sum(({ from }) => from === name),
      after: sum(({ to }) => to === name),
    })),
    moves,
  };
}
