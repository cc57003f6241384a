import { z } from "zod";
import { forecastSchema, winBackSchema } from "../forecast/forecast.ts";
import { driftSchema } from "../model/drift.ts";
import { backtestSchema } from "./backtest.ts";
import { choiceSchema } from "./choice.ts";
import { movementSchema } from "./customerMovements.ts";
import { salesPeriodsSchema } from "./salesPeriods.ts";

const count = z.int().min(0);
const money = z.number().describe("In the currency of the file.");
const share = z.number().describe("0..1.");

const ledgerLine = z.object({
  reason: z.string().describe("kept, or why the rows were dropped."),
  rows: count,
  amount: money,
});

const finding = z.object({ level: z.enum(["info", "warn", "refuse"]), message: z.string() });

const group = z.object({
  customers: count,
  customerShare: share,
  revenue: money,
  revenueShare: share,
  medianRecencyDays: z.number(),
  medianFrequency: z.number(),
  medianMonetary: money,
  averageMonetary: money,
});

const segment = group.extend({
  name: z.string(),
  grossRevenue: money.optional().describe("Before any return is taken off."),
  netRevenue: money.optional().describe("After all returns, whatever the policy does with them."),
  emptyCustomers: count.optional().describe("Customers whose returns are as much as their purchases, or more."),
});

const returns = z
  .object({
    lines: count.describe("Lines that are returns."),
    amount: money.describe("What came back by them, of all customers."),
    matchedAmount: money.describe("What came back of purchases, where the policy matches returns with them."),
    grossRevenue: money.describe("Of the customers segmented, before any return is taken off."),
    netRevenue: money.describe("After all their returns, whatever the policy does with them."),
    emptyCustomers: count.describe("Customers whose returns are as much as their purchases, or more."),
    note: z.string().describe("What the policy does with returns, and what another would change."),
  })
  .describe("What came back, and what it does to the numbers.");

const comparison = z
  .object({
    runId: z.string(),
    snapshotDate: z.string(),
    changed: z
      .array(z.object({ setting: z.string(), before: z.string(), now: z.string() }))
      .describe("Settings that decide numbers and that the two runs have otherwise."),
  })
  .describe("The run that this one is compared with.");

const frequency = z
  .object({
    basis: z.enum(["orders", "active_days", "lines"]),
    isChosen: z.boolean().describe("Whether the configuration says so; orders are the default."),
    orders: count,
    activeDays: count,
    lines: count,
  })
  .describe("What frequency counts, and what it and the other ways of counting add up to over all customers.");

const metered = z
  .object({
    measuredOn: z
      .enum(["aws", "local"])
      .describe(
        "aws: times and bytes are AWS's own. local: an estimate for AWS from what was measured on this computer.",
      ),
    statements: count,
    bytesScanned: z.number().describe("As the engine counted; the local one counts files, not its own tables."),
    chargedStatements: count.describe("Statements but DDL, which Athena does for nothing."),
    bytesCharged: z.number().describe("With Athena's minimum of 10 MB for each statement."),
    gigabyteSeconds: z.number().describe("Memory of the functions times their milliseconds, up to PublishReport."),
    invocations: count,
    stateTransitions: count.describe("Of the whole execution up to its success, children of Maps among them."),
    storeReads: count.describe("Requests of the functions to the lake that S3 charges as GET."),
    storeWrites: count.describe("Requests of the functions to the lake that S3 charges as PUT or LIST."),
    usd: z.number().describe("Sum of the items, at list prices."),
    items: z.array(z.object({ name: z.string(), basis: z.string(), usd: z.number() })),
    region: z.string(),
    pricesAsOf: z.string().describe("Month of the prices."),
    notIncluded: z.string(),
  })
  .describe("What the run used of what AWS charges for, and the money.");

/** What a run found: `summary.json`, and the source of the report that the command line prints. */
export const summarySchema = z
  .object({
    schemaVersion: z.literal(1),
    runId: z.string(),
    attempt: z.string(),
    createdAt: z.string(),
    codeVersion: z.string(),
    snapshotDate: z.string(),
    modelVersion: z.string(),
    policy: z.object({
      returns: z.string(),
      duplicates: z.string(),
      windowMonths: z.number().nullable(),
      frequencyBasis: z.string(),
      nonProductsDropped: z.boolean(),
    }),
    drop: z
      .object({
        ingestId: z.string(),
        sources: z.array(z.object({ source: z.string(), rows: count })),
        rowsIn: count,
        ledger: z.array(ledgerLine),
        findings: z.array(finding),
      })
      .nullable()
      .describe("What was dropped this time; null for a refresh of the history."),
    history: z.object({
      sources: count,
      rowsIn: count,
      rowsKept: count,
      ledger: z.array(ledgerLine),
      firstDate: z.string(),
      lastDate: z.string(),
      currency: z.string().nullable().describe("ISO 4217 code, where every line that counts has the same one."),
      currencies: count.describe("Currencies named by the lines that count; sums over several mean little."),
    }),
    totals: z.object({
      customers: count,
      orders: count,
      revenue: money,
      averageOrderValue: money,
      repeatRate: share.describe("Share of customers with a frequency above 1."),
      returnsOnlyCustomers: count,
    }),
    frequency: frequency.optional(),
    returns: returns.nullable().optional().describe("null where nothing came back."),
    segments: z.array(segment),
    clusters: z.array(group.extend({ id: count, label: z.string() })),
    choice: choiceSchema,
    dominance: z.object({
      customers: z.array(
        z.object({
          customerId: z.string(),
          monetary: money,
          revenueShare: share,
          distance: z.number(),
          segment: z.string(),
          cluster: z.string(),
        }),
      ),
      revenueShare: share,
      note: z.string(),
    }),
    sales: salesPeriodsSchema.optional(),
    comparison: comparison.nullable().optional().describe("null for the first run."),
    movement: movementSchema
      .nullable()
      .optional()
      .describe("Against the run that was published when this one was planned; null for the first run."),
    drift: driftSchema.nullable().optional().describe("Against the model that this run's clusters were matched to."),
    backtest: backtestSchema.nullable().optional().describe("null where the history is too short for it."),
    lifetime: forecastSchema.shape.lifetime.optional(),
    spend: forecastSchema.shape.spend.optional(),
    forecast: forecastSchema
      .omit({ lifetime: true, spend: true })
      .extend({ version: z.string(), winBack: winBackSchema.optional() })
      .nullable()
      .optional()
      .describe("What the customers are expected to order and spend, by `lifetime` and `spend`; null where it is off."),
    headline: z
      .array(z.string())
      .optional()
      .describe("What the dashboard says first, in sentences; absent from runs of older releases."),
    findings: z.array(finding).optional().describe("Of the run; those of the drop are with it."),
    outputs: z.record(z.string(), z.string()).describe("Keys in the lake."),
    metered,
  })
  .meta({ title: "rfm-segmentation run summary" });

export type Summary = z.infer<typeof summarySchema>;
export type SegmentGroup = z.infer<typeof group>;
export type ReturnsEffect = z.infer<typeof returns>;
export type LedgerLine = z.infer<typeof ledgerLine>;

/** The published JSON schema of summary.json (draft 2020-12). */
export function summaryJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(summarySchema, { target: "draft-2020-12" }), $id: "summary.schema.json" };
}
