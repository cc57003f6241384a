import { z } from "zod";

const count = z.int().min(0);
const money = z.number().describe("In the currency of the file.");

const cell = z.object({
  segmentFrom: z.string().nullable().describe("null: a customer whom the earlier run did not have."),
  segmentTo: z.string().nullable().describe("null: a customer whom this run does not have any more."),
  customers: count,
  thresholdOnly: count.describe("Of them: the earlier run's edges would have left them where they were."),
  monetaryBefore: money.describe("Their monetary value in the earlier run; 0 for new ones."),
  monetaryAfter: money,
});

/** Customers between the segments of the run before and of this one, those who stayed among them. */
export const movementSchema = z.object({
  runFrom: z.string(),
  runTo: z.string(),
  cells: z.array(cell),
});

export type Movement = z.infer<typeof movementSchema>;
