import { clusterLetter } from "../clustering/identity/profiles.ts";
import { featureTitle } from "../clustering/space/features.ts";
import type { ModelCard } from "./modelCard.ts";

/**
 * What a reader should know of the features that customers were clustered by, and of clusters that are otherwise than
 * they were: sentences, none where all is well.
 */
export function featureNotes({
  droppedFeatures,
  correlations = [],
  identity,
}: Pick<ModelCard, "droppedFeatures" | "correlations" | "identity">): string[] {
  const left = droppedFeatures.map(({ name, reason }) => `${featureTitle(name)} takes no part: ${reason}.`);
  const twice = correlations.map(({ features: [a, b], correlation }) => {
    const way = correlation > 0 ? "rise and fall together" : "move against one another";
    return `${featureTitle(a)} and ${featureTitle(b)} ${way} (correlation ${correlation.toFixed(2)}), so what they say counts twice; one of them would do.`;
  });
  const changed = (identity?.relabelled ?? []).map(
    ({ id, before, now }) =>
      `Cluster ${clusterLetter(id)} was called "${before}" and is called "${now}" now: it is the same cluster, and its customers have changed.`,
  );
  return [...left, ...twice, ...changed];
}
