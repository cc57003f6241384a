import { featureTitle } from "../clustering/space/catalogue.ts";
import type { ModelCard } from "./modelCard.ts";

/** What a reader should know of the features that customers were clustered by: sentences, none where all is well. */
export function featureNotes({
  droppedFeatures,
  correlations = [],
}: Pick<ModelCard, "droppedFeatures" | "correlations">): string[] {
  const left = droppedFeatures.map(({ name, reason }) => `${featureTitle(name)} takes no part: ${reason}.`);
  const twice = correlations.map(({ features: [a, b], correlation }) => {
    const way = correlation > 0 ? "rise and fall together" : "move against one another";
    return `${featureTitle(a)} and ${featureTitle(b)} ${way} (correlation ${correlation.toFixed(2)}), so what they say counts twice; one of them would do.`;
  });
  return [...left, ...twice];
}
