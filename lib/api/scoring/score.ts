import { EncodingError } from "../../domain/clustering/errors.ts";
import { featuresOfModel, furtherFeatures, neededFeatures } from "../../domain/rfm/featureColumns.ts";
import { type ScoredColumns, scoreFeatures } from "../../domain/rfm/scoreFeatures.ts";
import { type Arm, armOf } from "../../domain/rfm/scoringArm.ts";
import { SEGMENT_COLUMNS } from "../../tables/segments.ts";
import { checked } from "../problems.ts";
import { type Instance, type Prediction, rfmSchema, transactionsSchema } from "../schemas.ts";
import type { ModelSet, ServedModel } from "./modelSource.ts";
import { forecastsOf, readInstance, refused } from "./readInstance.ts";

/** Checks one instance of a request. @throws ProblemError 400 naming the fields under `prefix`. */
export function checkInstance(value: unknown, prefix: string): Instance {
  const hasTransactions = typeof value === "object" && value !== null && Object.hasOwn(value, "transactions");
  const named = withOurNames(value);
  return hasTransactions ? checked(transactionsSchema, named, prefix) : checked(rfmSchema, named, prefix);
}

/** What segments.csv says of a customer beside what decides the score. */
const TOLD_ANYWAY: ReadonlySet<string> = new Set(
  SEGMENT_COLUMNS.filter((column) => !["customer_id", "recency_days", "frequency", "monetary"].includes(column)),
);

/** The measures as a reader of CSV that knows no types hands them on. */
const MEASURES: ReadonlySet<string> = new Set(["recency_days", "frequency", "monetary"]);
const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d{1,15})?$/;

/**
 * A row of segments.csv in the words of the API: its other columns are left out, an id may be a number, and what it
 * measures text, for whoever reads the file without types.
 */
export function withOurNames(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const isRow = Object.hasOwn(value, "recency_days");
  const fields = Object.entries(value).flatMap(([name, given]): [string, unknown][] => {
    const isText = isRow && MEASURES.has(name) && typeof given === "string" && PLAIN_NUMBER.test(given);
    const field = isText ? Number(given) : given;
    if (TOLD_ANYWAY.has(name)) return [];
    if (name === "recency_days" && !Object.hasOwn(value, "recency")) return [["recency", field]];
    if (name === "customer_id" && Number.isSafeInteger(field)) return [[name, String(field)]];
    return [[name, field]];
  });
  return Object.fromEntries(fields);
}

/**
 * Scores instances, each by the model of its customer's arm; an instance without a customer id is scored by the
 * champion.
 * @param nameOf how a row is called in faults. @throws ProblemError 422 naming the row that the model cannot score.
 */
export function scoreInstances(
  models: ModelSet,
  instances: readonly Instance[],
  nameOf: (row: number) => string,
): Prediction[] {
  const predictions = new Array<Prediction>(instances.length);
  const arms = instances.map((instance) => armFor(models, instance.customer_id));
  for (const arm of ["champion", "challenger"] as const) {
    const rows = arms.flatMap((chosen, row) => (chosen === arm ? [row] : []));
    const model = models[arm];
    if (rows.length > 0 && model !== undefined) scoreArm({ model, arm, rows, instances, nameOf }, predictions);
  }
  return predictions;
}

function armFor({ challenger, share }: ModelSet, customerId: string | undefined): Arm {
  if (challenger === undefined || share === undefined || customerId === undefined) return "champion";
  return armOf(customerId, share);
}

interface ArmRows {
  readonly model: ServedModel;
  readonly arm: Arm;
  readonly rows: readonly number[];
  readonly instances: readonly Instance[];
  readonly nameOf: (row: number) => string;
}

function scoreArm({ model, arm, rows, instances, nameOf }: ArmRows, into: Prediction[]): void {
  const read = rows.map((row) => readInstance(model, instances[row] as Instance, nameOf(row)));
  const inputs = read.map(({ input }) => input);
  const figures = forecastsOf(model.card, read);
  const scored = named(rows, nameOf, () =>
    scoreFeatures(model.card, {
      recencyDays: Float64Array.from(inputs, (input) => input.recency),
      frequency: Float64Array.from(inputs, (input) => input.frequency),
      monetary: Float64Array.from(inputs, (input) => input.monetary),
      customerId: rows.map((row) => (instances[row] as Instance).customer_id),
      features: furtherColumns(model, inputs, (i) => nameOf(rows[i] as number)),
    }),
  );
  rows.forEach((row, i) => {
    const customerId = (instances[row] as Instance).customer_id;
    into[row] = {
      ...(customerId === undefined ? {} : { customer_id: customerId }),
      cluster: scored.clusterId[i] as number,
      label: scored.clusterLabel[i] as string,
      segment: scored.segment[i] as string,
      r_score: scored.rScore[i] as number,
      f_score: scored.fScore[i] as number,
      m_score: scored.mScore[i] as number,
      distance: scored.distance[i] as number,
      confidence: scored.confidence[i] as number,
      ...(scored.weighted === undefined
        ? {}
        : { weighted_score: scored.weighted.score[i] as number, band: scored.weighted.band[i] as number }),
      ...membershipsOf(model.card, scored, i),
      ...figures[i],
      model_version: model.card.modelVersion,
      arm,
      input_data: inputs[i] as Prediction["input_data"],
    };
  });
}

/** How probably a customer belongs to each cluster; nothing under K-Means. */
function membershipsOf(
  { clusters }: ServedModel["card"],
  { probability, memberships }: ScoredColumns,
  row: number,
): Pick<Prediction, "probability" | "memberships"> {
  if (probability === undefined || memberships === undefined) return {};
  const all = clusters.map(({ id }, at) => ({
    cluster: id,
    probability: memberships.data[row * memberships.columns + at] as number,
  }));
  return { probability: probability[row] as number, memberships: all };
}

/** The features of a model beyond R, F and M. @throws ProblemError naming the row and the feature that it lacks. */
function furtherColumns(
  { card }: ServedModel,
  inputs: readonly Prediction["input_data"][],
  nameOf: (i: number) => string,
): ReadonlyMap<string, Float64Array> {
  const names = featuresOfModel(card);
  const needed = neededFeatures(card);
  return new Map(
    names.map((name) => {
      const values = inputs.map(({ features = {} }, i) => {
        const value = Object.hasOwn(features, name) ? features[name] : undefined;
        if (value !== undefined && (value !== null || !needed.has(name))) return value ?? Number.NaN;
        const why = value === null ? "is null, but every customer has one" : "is missing";
        const isClustered = card.features.some((one) => (one.indicatorOf ?? one.name) === name);
        const isScored = Object.values(card.scoreMeasures ?? {}).some((measure) => measure?.feature === name);
        const does = isClustered ? "clusters" : isScored ? "scores" : "names segments";
        throw refused(`${nameOf(i)}features.${name}`, `${why}: model ${card.modelVersion} ${does} by ${name}.`);
      });
      return [name, Float64Array.from(values)] as const;
    }),
  );
}

/** The row that an encoding fails at, by its name in the request. */
function named<T>(rows: readonly number[], nameOf: (row: number) => string, score: () => T): T {
  try {
    return score();
  } catch (error) {
    if (!(error instanceof EncodingError) || error.code !== "ENCODING_VALUE") throw error;
    const { feature, row, value } = error.context as { feature: string; row: number; value: number };
    const isMeasure = furtherFeatures([{ name: feature }]).length === 0;
    const field = `${nameOf(rows[row] as number)}${isMeasure ? feature.replace("_days", "") : `features.${feature}`}`;
    throw refused(field, `${value} is outside of what the model's ${feature} can be.`);
  }
}
