import { z } from "zod";

const criterion = z.object({
  k: z.int(),
  inertia: z.number(),
  silhouette: z.number(),
  calinskiHarabasz: z.number(),
  daviesBouldin: z.number(),
  stability: z.number().optional(),
  bic: z.number().optional().describe("Bayesian information criterion, of mixtures alone; less is better."),
});

/** How k was chosen. */
export const choiceSchema = z.object({
  k: z.int(),
  reason: z.string(),
  explanation: z.string(),
  criteria: z.array(criterion),
  notes: z.array(z.string()).optional().describe("What should be known of the features, in sentences."),
});
