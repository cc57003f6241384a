import { z } from "zod";
import { LIFETIME_MODELS } from "../forecast/types.ts";

/** What customers are expected to do. */
export const forecastSettings = z
  .strictObject({
    enabled: z.boolean().default(true),
    model: z
      .enum(LIFETIME_MODELS)
      .default("bg-nbd")
      .describe("mbg-nbd: customers may leave after their first order too, so nobody is alive for certain."),
    discountRate: z
      .number()
      .min(0)
      .max(1)
      .default(0)
      .describe(
        "Yearly: expected values are present values, money a year ahead being worth 1 / (1 + rate). 0: not discounted.",
      ),
  })
  .describe(
    "What customers are expected to order and spend; in every run with 100 repeat buyers and 180 days of history.",
  );
