import type { ModelCard } from "../../lib/domain/model/modelCard.ts";
import { DEFAULT_SEGMENT_TABLE } from "../../lib/domain/rfm/segments.ts";

/** A model card with all that scoring needs, and two clusters. */
export function smallCard(): ModelCard {
  return {
    schemaVersion: 1,
    modelVersion: "model-a",
    createdAt: "2024-07-01T10:00:00Z",
    codeVersion: "0.1.0",
    configHash: "c",
    seed: 42,
    features: ["recency_days", "frequency", "monetary"].map((name) => ({
      ...{ name, transform: "log1p" as const, scale: 1, mean: 2, deviation: 1.5 },
    })),
    droppedFeatures: [],
    k: 2,
    choice: { reason: "knee", explanation: "Because.", naturalClusters: false, dropped: [] },
    clusters: [5, 9].map((id, at) => ({
      ...{ id, label: `Kind ${id}`, archetype: "Regulars", customers: 3, share: 0.5 },
      centroidScaled: [at, 1 - at, at / 2],
      centroid: {},
    })),
    criteria: [],
    scoreEdges: { recencyDays: [5, 20, 60, 200], frequency: [1, 1, 2, 5], monetary: [10, 50.5, 200, 900] },
    segmentTable: Object.fromEntries(Object.entries(DEFAULT_SEGMENT_TABLE).map(([name, cells]) => [name, [...cells]])),
    training: { customers: 6, inertia: 1, shards: 1, clampedRows: 0 },
    lineage: {
      ...{ runId: "run-a", snapshotDate: "2024-07-01" },
      ingests: [{ ingestId: "i", source: "orders.csv", contentHash: "abc", rows: 100 }],
    },
  };
}
