import { z } from "zod";
import { LIFETIME_MODELS } from "./types.ts";

const estimate = z.object({
  expected: z.number(),
  low: z.number().describe("5% of what may come lies below"),
  high: z.number().describe("5% of what may come lies above"),
});
const lifetimeParameters = z.object({ r: z.number(), alpha: z.number(), a: z.number(), b: z.number() });
const spendParameters = z.object({ p: z.number(), q: z.number(), gamma: z.number() });
const shownError = z.number().nullable().describe("null for what the data say nothing of");
const lifetimeErrors = z.object({ r: shownError, alpha: shownError, a: shownError, b: shownError });
const fit = { logLikelihood: z.number(), customers: z.int(), cells: z.int(), iterations: z.int() };

const errors = z.object({
  expected: z.number().describe("in all"),
  bias: z.number().describe("expected minus actual, a customer"),
  meanAbsoluteError: z.number().describe("a customer"),
});
const contest = { lastYear: errors, ownRate: errors };

const checkSchema = z.object({
  days: z.int().describe("days after the forecast that are known"),
  customers: z.int(),
  orders: z.object({ actual: z.number(), model: errors, ...contest }),
  value: z.object({ actual: z.number(), model: errors.nullable(), ...contest }),
  byRepeatOrders: z.array(
    z.object({
      repeatOrders: z.int(),
      isOrMore: z.boolean(),
      customers: z.int(),
      actual: z.number().describe("orders afterwards, mean"),
      expected: z.number(),
    }),
  ),
  coverage: z
    .object({
      nominal: z.number(),
      customers: z.int(),
      inside: z.number().describe("share whose orders were within their interval"),
      exact: z.number().describe("the same, orders at a limit counted in part"),
    })
    .nullable(),
});

const lifetimeSchema = z.object({
  model: z.enum(LIFETIME_MODELS),
  timeUnit: z.enum(["day", "week"]).describe("of alpha"),
  parameters: lifetimeParameters,
  standardErrors: lifetimeErrors,
  ...fit,
});
const spendSchema = z.object({
  model: z.literal("gamma-gamma"),
  parameters: spendParameters,
  standardErrors: spendParameters,
  ...fit,
  meanSpend: z.number().nullable().describe("of a customer, expected"),
  independence: z.object({
    correlation: z.number(),
    perDoubling: z.number().describe("growth of the mean amount where orders double"),
    z: z.number(),
    isDependent: z.boolean(),
  }),
});

const discountRate = z
  .number()
  .min(0)
  .max(1)
  .optional()
  .describe("yearly rate at which expected values and their intervals are discounted; absent: they are not");

/** What is expected of the customers, as of a day; and what came of it, as far as that is known. */
export const forecastSchema = z.object({
  asOf: z.iso.date().describe("day up to which orders are known"),
  horizonDays: z.int(),
  timeUnit: z.enum(["day", "week"]),
  discountRate,
  customers: z.int(),
  repeatBuyers: z.int(),
  historyDays: z.int(),
  reason: z.string().nullable().describe("why there are not numbers"),
  lifetime: lifetimeSchema.nullable(),
  spend: spendSchema.nullable(),
  totals: z
    .object({ aliveCustomers: z.number(), orders: estimate, value: estimate.nullable() })
    .nullable()
    .describe("of all customers within the horizon"),
  check: checkSchema.nullable(),
  tracking: z
    .array(
      z.object({
        date: z.iso.date(),
        expected: z.number().describe("repeat orders since the first day, in all"),
        actual: z.number().nullable(),
      }),
    )
    .nullable(),
  warnings: z.array(z.string()),
});

/** The forecast's part of a model card: what customers of no run are forecast from, and how far to believe it. */
export const forecastCardSchema = z
  .object({
    version: z.string(),
    asOf: z.iso.date().describe("day up to which orders are known"),
    discountRate,
    historyDays: z.int(),
    customers: z.int(),
    repeatBuyers: z.int(),
    reason: z.string().nullable().describe("why there are not numbers"),
    lifetime: lifetimeSchema.nullable(),
    spend: spendSchema.nullable(),
    draws: z
      .array(z.object({ lifetime: lifetimeParameters, spend: spendParameters.nullable() }))
      .describe("what the parameters might as well have been, by a parametric bootstrap"),
    check: checkSchema.omit({ byRepeatOrders: true }).nullable().describe("of the same model on the past"),
    warnings: z.array(z.string()),
  })
  .describe("Fitted on the files of `lineage`, by the code and the settings of the card.");

export const winBackSchema = z
  .array(
    z.object({
      segment: z.string(),
      goneCustomers: z.number().describe("who have left, expected"),
      wonBackCustomers: z.number().describe("a tenth of these"),
      value: z.number().describe("what these would bring in 90 days"),
      valueLow: z.number().nullable().describe("5% of what may come lies below; null for fewer than five customers"),
      valueHigh: z.number().nullable().describe("5% of what may come lies above"),
    }),
  )
  .describe("By segment, if one in ten of those who have left were won back.");

export type ForecastCard = z.infer<typeof forecastCardSchema>;
export type Forecast = z.infer<typeof forecastSchema>;
export type ForecastCheck = NonNullable<Forecast["check"]>;
export type TimeUnit = Forecast["timeUnit"];
