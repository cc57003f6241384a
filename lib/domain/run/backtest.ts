import { z } from "zod";

const count = z.int().min(0);
const money = z.number().describe("In the currency of the file.");

const group = z.object({
  kind: z.enum(["segment", "cluster", "spend-decile"]),
  name: z.string(),
  customers: count,
  averageSpend: money.describe("Per customer, in the days held out."),
  low: money.describe("2.5% end of the bootstrap interval of the average."),
  high: money.describe("97.5% end."),
  repeatShare: z.number().describe("Share of the customers who bought in the days held out, 0..1."),
});

/** What the customers of each group, as of a cut, really spent afterwards. */
export const backtestSchema = z.object({
  holdoutDays: z.int().min(1),
  cutDate: z.string().describe("The groups know purchases before this date; spending counts from it on."),
  customers: count,
  groups: z.array(group),
  verdict: z.string(),
});

export type Backtest = z.infer<typeof backtestSchema>;
export type BacktestGroup = z.infer<typeof group>;
