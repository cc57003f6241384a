import { checkLabelling, type Labelling } from "./silhouette.ts";
import type { Matrix } from "./types.ts";

/** R, F and M of every customer, in units: days, orders, money. */
export interface CustomerMeasures {
  readonly recencyDays: Float64Array;
  readonly frequency: Float64Array;
  readonly monetary: Float64Array;
}

/** Mean and median in the measure's unit; both 0 in an empty cluster. */
export interface MeasureSummary {
  readonly mean: number;
  readonly median: number;
}

/** What one cluster is like. */
export interface ClusterProfile {
  readonly cluster: number;
  /** Customers. */
  readonly size: number;
  /** Of all customers, 0..1. */
  readonly shareOfCustomers: number;
  /** Sum of monetary. */
  readonly revenue: number;
  /** Of all revenue; can be negative or above 1 where returns are netted, and is 0 when all revenue is 0. */
  readonly shareOfRevenue: number;
  readonly recencyDays: MeasureSummary;
  readonly frequency: MeasureSummary;
  readonly monetary: MeasureSummary;
  /** In scaled space, one value per feature. */
  readonly centroid: readonly number[];
}

/**
 * Profiles of all clusters, in order of their number.
 * @param measures one value per customer.
 * @param labelling the cluster of each customer.
 * @param centroids k × d, in scaled space.
 * @throws ClusteringError LABELLING when labels do not fit the customers.
 */
export function profileClusters(measures: CustomerMeasures, labelling: Labelling, centroids: Matrix): ClusterProfile[] {
  const customers = measures.monetary.length;
  checkLabelling(labelling, customers);
  const recency = splitByCluster(measures.recencyDays, labelling);
  const frequency = splitByCluster(measures.frequency, labelling);
  const monetary = splitByCluster(measures.monetary, labelling);
  const revenues = monetary.map(sum);
  const total = sum(Float64Array.from(revenues));
  return monetary.map((values, cluster) => ({
    cluster,
    size: values.length,
    shareOfCustomers: customers > 0 ? values.length / customers : 0,
    revenue: revenues[cluster],
    shareOfRevenue: total === 0 ? 0 : revenues[cluster] / total,
    recencyDays: summarise(recency[cluster]),
    frequency: summarise(frequency[cluster]),
    monetary: summarise(values),
    centroid: [...centroids.data.subarray(cluster * centroids.columns, (cluster + 1) * centroids.columns)],
  }));
}

/** The values of each cluster, ascending: sums over them do not depend on the order of customers. */
function splitByCluster(values: Float64Array, { k, labels }: Labelling): Float64Array[] {
  const sizes = new Int32Array(k);
  for (let i = 0; i < values.length; i++) sizes[labels[i]]++;
  const parts = Array.from(sizes, (size) => new Float64Array(size));
  const next = new Int32Array(k);
  for (let i = 0; i < values.length; i++) parts[labels[i]][next[labels[i]]++] = values[i];
  return parts.map((part) => part.sort());
}

function summarise(ascending: Float64Array): MeasureSummary {
  const { length } = ascending;
  if (length === 0) return { mean: 0, median: 0 };
  const median = (ascending[(length - 1) >> 1] + ascending[length >> 1]) / 2;
  return { mean: sum(ascending) / length, median };
}

/** Compensated sum (Neumaier 1974): money adds up to the last cent over millions of customers. */
function sum(values: Float64Array): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}
