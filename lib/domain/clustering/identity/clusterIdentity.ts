import type { ModelCard } from "../../model/modelCard.ts";
import type { WarmStart } from "../fit/warmStart.ts";
import { decode, encode } from "../space/encode.ts";
import type { FeatureEncoding, Matrix } from "../types.ts";
import { matchClusters, orderByValue } from "./assignment.ts";
import type { ClusterLabel } from "./labels.ts";
import { type NamingScheme, nameClusters } from "./naming.ts";

/** Farthest that a centroid may move and stay the same cluster, in standard deviations of the reference's features. */
export const IDENTITY_GATE = 1;

/** What an earlier model gives to the next one. */
export type ReferenceModel = Pick<ModelCard, "modelVersion" | "features" | "clusters" | "identity" | "mixture">;

/** Who the clusters of a model are. */
export interface ClusterIdentities {
  /** Id and name of each centroid, in the order given. */
  readonly clusters: readonly (ClusterLabel & { readonly id: number })[];
  readonly identity: ModelCard["identity"];
}

export interface IdentityOptions {
  /** The product's name of a cluster, or its letter → the user's text. */
  readonly names: Readonly<Record<string, string>>;
  /** How clusters are called; default profile. */
  readonly scheme?: NamingScheme | undefined;
  /** Names that no cluster may have: those of segments. */
  readonly taken?: readonly string[] | undefined;
  readonly reference?: ReferenceModel | undefined;
  readonly warmStart?: WarmStart | undefined;
}

/**
 * Ids and names of clusters. With a comparable reference they are carried over: centroids are assigned to the
 * reference's by least total squared movement in the reference's scaled space, none farther than {@link IDENTITY_GATE};
 * ids of vanished clusters are never given again. Without one, clusters are numbered from the best on.
 * @param centroids k × d, d > 0, in the space of `encodings`.
 */
export function identifyClusters(
  centroids: Matrix,
  encodings: readonly FeatureEncoding[],
  { names, scheme = "profile", taken = [], reference, warmStart }: IdentityOptions,
): ClusterIdentities {
  const featureNames = encodings.map(({ name }) => name);
  const order = orderByValue(centroids, featureNames);
  if (reference === undefined || !isComparable(reference, encodings)) {
    const ids = order.map((_, at) => order.indexOf(at));
    const labels = nameClusters(centroids, featureNames, { names, scheme, taken, ids });
    const clusters = labels.map((label, at) => ({ ...label, id: ids[at] as number }));
    return { clusters, identity: unmatched(reference, centroids.rows) };
  }
  const next = encodeAgain(rowsOf(centroids, order), encodings, encodingsOf(reference));
  const { matched, born, vanished, nextId } = match(reference, next);
  const idOf = (at: number): number => matched[order.indexOf(at)]?.id as number;
  const archetypeOf = new Map(reference.clusters.map(({ id, archetype }) => [id, archetype]));
  const ids = Array.from({ length: centroids.rows }, (_, at) => idOf(at));
  const kept = ids.map((id) => archetypeOf.get(id));
  const labels = nameClusters(centroids, featureNames, { names, scheme, taken, ids, kept });
  const clusters = labels.map((label, at) => ({ ...label, id: idOf(at) }));
  const labelOf = (id: number): string => clusters.find((cluster) => cluster.id === id)?.label ?? "";
  const carried = matched
    .flatMap(({ id, moved }) => (moved === null ? [] : [{ id, moved }]))
    .sort((a, b) => a.id - b.id);
  return {
    clusters,
    identity: {
      reference: reference.modelVersion,
      comparable: true,
      warmStart: warmStart ?? null,
      carried,
      ...relabelledOf(reference, carried, labelOf),
      born: born.map((id) => ({ id, label: labelOf(id) })),
      vanished: reference.clusters.filter(({ id }) => vanished.includes(id)).map(({ id, label }) => ({ id, label })),
      nextId,
    },
  };
}

/** Carried clusters that are called otherwise than in the reference, for they are otherwise now. */
function relabelledOf(
  { clusters }: ReferenceModel,
  carried: readonly { readonly id: number }[],
  labelOf: (id: number) => string,
): Pick<NonNullable<ModelCard["identity"]>, "relabelled"> {
  const relabelled = carried.flatMap(({ id }) => {
    const before = clusters.find((cluster) => cluster.id === id)?.label ?? "";
    return before === labelOf(id) ? [] : [{ id, before, now: labelOf(id) }];
  });
  return relabelled.length === 0 ? {} : { relabelled };
}

/** The reference's centroids in another space; undefined where the features or their transforms differ. */
export function referenceCentroids(
  reference: ReferenceModel,
  encodings: readonly FeatureEncoding[],
): Matrix | undefined {
  if (!isComparable(reference, encodings)) return undefined;
  const columns = encodings.length;
  const data = Float64Array.from(reference.clusters.flatMap(({ centroidScaled }) => centroidScaled));
  return encodeAgain({ rows: reference.clusters.length, columns, data }, encodingsOf(reference), encodings);
}

/** The same features in the same order under the same transforms: then a centroid means the same in both models. */
function isComparable({ features }: ReferenceModel, encodings: readonly FeatureEncoding[]): boolean {
  const signature = (list: readonly Pick<FeatureEncoding, "name" | "transform" | "scale">[]): string =>
    list.map(({ name, transform, scale }) => `${name} ${transform} ${scale}`).join();
  return encodings.length > 0 && signature(features) === signature(encodings);
}

function match(reference: ReferenceModel, next: Matrix) {
  const previousIds = reference.clusters.map(({ id }) => id);
  const data = Float64Array.from(reference.clusters.flatMap(({ centroidScaled }) => centroidScaled));
  const previous = { rows: previousIds.length, columns: next.columns, data };
  const firstNew = Math.max(reference.identity?.nextId ?? 0, Math.max(...previousIds) + 1);
  const { ids, born, vanished, moved } = matchClusters(previous, next, {
    gate: IDENTITY_GATE,
    previousIds,
    nextId: firstNew,
  });
  const matched = ids.map((id, at) => ({ id, moved: moved[at] ?? null }));
  return { matched, born, vanished, nextId: firstNew + born.length };
}

function unmatched(reference: ReferenceModel | undefined, k: number): ModelCard["identity"] {
  const nothing = { warmStart: null, carried: [], born: [], vanished: [], nextId: k };
  return { reference: reference?.modelVersion ?? null, comparable: false, ...nothing };
}

function encodingsOf({ features }: ReferenceModel): readonly FeatureEncoding[] {
  return features as FeatureEncoding[];
}

/** Scaled rows of one space in another over the same features, by way of the units. */
function encodeAgain(scaled: Matrix, from: readonly FeatureEncoding[], to: readonly FeatureEncoding[]): Matrix {
  const { rows, columns, data } = decode(scaled, from);
  const column = (j: number) => Float64Array.from({ length: rows }, (_, i) => data[i * columns + j] as number);
  return encode(
    to.map((_, j) => column(j)),
    to,
  );
}

function rowsOf({ columns, data }: Matrix, order: readonly number[]): Matrix {
  const rows = order.flatMap((at) => [...data.subarray(at * columns, (at + 1) * columns)]);
  return { rows: order.length, columns, data: Float64Array.from(rows) };
}
