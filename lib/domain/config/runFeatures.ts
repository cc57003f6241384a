import type { z } from "zod";
import { kindOf } from "../clustering/space/catalogue.ts";
import {
  COLUMNS_OF_SETTINGS,
  type FeatureIdentity,
  featureKey,
  featureOfKey,
  isMeasured,
} from "../clustering/space/features.ts";
import { ruleFeatures, type SegmentSetting } from "../rfm/rules/segmentRules.ts";
import { nearest } from "../text/suggest.ts";
import { type ClusterSettings, clusterSettings } from "./clusterSettings.ts";
import { measureFeatures } from "./measureSettings.ts";
import type { FileColumns } from "./rowSettings.ts";
import { type ScoreSettings, scoreSettings } from "./scoreSettings.ts";

/** The settings that name features. */
interface Deciding {
  readonly clusters: Pick<ClusterSettings, "features">;
  readonly scores: ScoreSettings;
  readonly segments: SegmentSetting;
  readonly fileColumns?: FileColumns;
}

/**
 * Every feature that a run computes for its settings, each once: of the clustering, of the scores, then of
 * the segments.
 * @param carried keys of features that the run before was scored by; those that do not fit are left out.
 */
export function runFeatures(config: Deciding, carried: readonly string[] = []): FeatureIdentity[] {
  const asked = ruleFeatures(config.segments).flatMap((key) => featureOfKey(key) ?? []);
  const own = distinct([...config.clusters.features, ...measureFeatures(config.scores.measures), ...asked]);
  const all = distinct([...own, ...carried.flatMap((key) => featureOfKey(key) ?? [])]);
  return all.filter((_, at) => at < own.length || tooMany(all.slice(0, at + 1)) === undefined);
}

/** What there is too much of for the columns of the features table; undefined where all fit. */
export function tooMany(features: readonly FeatureIdentity[]): string | undefined {
  const shares = features.filter(({ name }) => kindOf(name).shareOf !== undefined).length;
  const measures = features.filter(isMeasured).length;
  if (shares > COLUMNS_OF_SETTINGS) return `${shares} shares are named`;
  return measures > COLUMNS_OF_SETTINGS
    ? `${measures} features with "last" or "withinDays", or of columns of the files, are named`
    : undefined;
}

/** Adds an issue where a run would have to compute more than its table of features has columns for. */
export function checkFeatures(config: Deciding, context: z.RefinementCtx): void {
  // This runs although names of features are wrong, which is said already.
  if (!scoreSettings.safeParse(config.scores).success || !clusterSettings.safeParse(config.clusters).success) return;
  const features = runFeatures(config);
  for (const fault of features.flatMap((feature) => columnFault(feature, config.fileColumns ?? {})))
    context.addIssue({ code: "custom", path: ["fileColumns"], message: fault });
  const fault = tooMany(features);
  if (fault === undefined) return;
  const message = `${fault} by clusters.features, scores.measures and segments together; ${COLUMNS_OF_SETTINGS} can be computed`;
  context.addIssue({ code: "custom", path: ["scores", "measures"], message });
}

/** What is wrong with the column that a feature is made from; empty where nothing is. */
function columnFault(feature: FeatureIdentity, columns: FileColumns): string[] {
  const { of = "" } = feature;
  const kinds = kindOf(feature.name).readsColumn;
  if (kinds === undefined || of === "") return [];
  const holds = columns[of]?.holds;
  if (holds !== undefined && kinds.includes(holds)) return [];
  const key = featureKey(feature);
  if (holds !== undefined)
    return [`names ${of}, which holds "${holds}"; ${key} is made from "${kinds.join('" or "')}"`];
  return [`has no column "${of}", which the feature ${key} is made from${nearest(of, Object.keys(columns))}`];
}

function distinct(features: readonly FeatureIdentity[]): FeatureIdentity[] {
  return [...new Map(features.map((feature) => [featureKey(feature), feature] as const)).values()];
}
