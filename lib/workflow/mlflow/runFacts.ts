import type { ModelCard } from "../../domain/model/modelCard.ts";
import type { Summary } from "../../domain/run/summary.ts";

export interface MlflowMetric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

export interface MlflowParam {
  readonly key: string;
  readonly value: string;
}

/** The longest value that every release of the server takes. */
const MAX_PARAM = 500;

/** Criteria of a k, by the names that they get as metrics. */
const CRITERIA = {
  inertia: "inertia",
  silhouette: "silhouette",
  silhouetteSquared: "silhouette_squared",
  calinskiHarabasz: "calinski_harabasz",
  daviesBouldin: "davies_bouldin",
  gap: "gap",
  gapStandardError: "gap_standard_error",
  stability: "stability",
  smallestCluster: "smallest_cluster",
} as const satisfies Partial<Record<keyof ModelCard["criteria"][number], string>>;

/**
 * What a model was measured by: the criteria of every k with k as the step, its clusters with their id as the step, and
 * the run's totals where its summary is kept.
 */
export function metricsOf(card: ModelCard, summary?: Summary): MlflowMetric[] {
  const timestamp = Date.parse(card.createdAt);
  const metric = (key: string, value: number | undefined, step = 0): MlflowMetric[] =>
    value === undefined || !Number.isFinite(value) ? [] : [{ key, value, timestamp, step }];
  const names = Object.entries(CRITERIA) as [keyof typeof CRITERIA, string][];
  return [
    ...card.criteria.flatMap((criterion) => names.flatMap(([name, key]) => metric(key, criterion[name], criterion.k))),
    ...card.clusters.flatMap(({ id, customers }) => metric("cluster_customers", customers, id)),
    ...metric("k", card.k),
    ...metric("customers", card.training.customers),
    ...metric("training_inertia", card.training.inertia),
    ...(card.drift?.features ?? []).flatMap(({ feature, psi }) => metric(`drift_psi.${feature}`, psi)),
    ...totalsOf(summary).flatMap(([key, value]) => metric(key, value)),
  ];
}

function totalsOf(summary: Summary | undefined): [string, number][] {
  if (summary === undefined) return [];
  const { orders, revenue, averageOrderValue, repeatRate } = summary.totals;
  return [
    ["orders", orders],
    ["revenue", revenue],
    ["average_order_value", averageOrderValue],
    ["repeat_rate", repeatRate],
    ["rows", summary.history.rowsIn],
    ["rows_kept", summary.history.rowsKept],
  ];
}

/** What decided the run: its settings, where they are kept, and the model's own facts. */
export function paramsOf(card: ModelCard, config?: object): MlflowParam[] {
  const own = {
    seed: card.seed,
    k: card.k,
    k_reason: card.choice.reason,
    features: card.features.map(({ name, transform }) => `${transform}(${name})`).join(", "),
    snapshot_date: card.lineage.snapshotDate,
    reference_model: card.identity?.reference ?? "none",
  };
  const settings = config === undefined ? [] : leaves(config, "settings");
  return [...Object.entries(own), ...settings].map(([key, value]) => ({
    key,
    value: String(value).slice(0, MAX_PARAM),
  }));
}

/** Settings by their paths, `settings.clusters.minK`; lists and tables of names as JSON. */
function leaves(value: object, path: string): [string, unknown][] {
  return Object.entries(value).flatMap(([name, each]): [string, unknown][] => {
    const key = `${path}.${name}`;
    // Names that a parameter may have; others stand in the value.
    const isPlain = (record: object): boolean => Object.keys(record).every((word) => /^\w+$/.test(word));
    if (each !== null && typeof each === "object" && !Array.isArray(each) && isPlain(each)) return leaves(each, key);
    return each === undefined ? [] : [[key, typeof each === "object" ? JSON.stringify(each) : each]];
  });
}
