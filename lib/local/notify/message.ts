import type { NotifySettings } from "../../domain/config/notifySettings.ts";
import type { Summary } from "../../domain/run/summary.ts";

/** What a webhook is told of a published run. */
interface News {
  readonly type: "run.published";
  readonly run_id: string;
  readonly snapshot_date: string;
  readonly model_version: string;
  readonly shop: string;
  readonly headline: readonly string[];
  readonly customers: number;
  readonly orders: number;
  readonly revenue: number;
  readonly warnings: number;
  readonly segments: readonly { readonly name: string; readonly customers: number; readonly revenue: number }[];
  /** Only where the settings allow it. */
  readonly largest_customers?: readonly { readonly customer_id: string; readonly monetary: number }[];
}

/** The body of the message: names nobody unless the settings allow it. */
export function messageOf(
  summary: Summary,
  shop: string,
  { format, customerIds }: NotifySettings,
  host: string,
): string {
  const isSlack = format === "slack" || (format === "auto" && host === "hooks.slack.com");
  const news = newsOf(summary, shop, customerIds);
  return JSON.stringify(isSlack ? { text: slackText(news) } : news);
}

function newsOf(summary: Summary, shop: string, hasIds: boolean): News {
  const { runId, snapshotDate, modelVersion, headline = [], totals, segments, findings, drop, dominance } = summary;
  const all = [...(findings ?? []), ...(drop?.findings ?? [])];
  const largest = dominance.customers.map(({ customerId, monetary }) => ({ customer_id: customerId, monetary }));
  return {
    ...{
      type: "run.published",
      run_id: runId,
      snapshot_date: snapshotDate,
      model_version: modelVersion,
      shop,
      headline,
    },
    ...{ customers: totals.customers, orders: totals.orders, revenue: totals.revenue },
    warnings: all.filter(({ level }) => level === "warn").length,
    segments: segments.map(({ name, customers, revenue }) => ({ name, customers, revenue })),
    ...(hasIds ? { largest_customers: largest } : {}),
  };
}

/** Slack reads three characters as markup. */
const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

function slackText({ shop, snapshot_date, run_id, headline, warnings, largest_customers }: News): string {
  const title = `*${escaped(shop === "" ? "Customer segments" : `${shop}: customer segments`)} as of ${snapshot_date}*`;
  const lines = headline.map((sentence) => `• ${escaped(sentence)}`);
  const names = (largest_customers ?? []).map(({ customer_id }) => escaped(customer_id));
  return [
    ...[title, ...lines],
    ...(names.length === 0 ? [] : [`Largest customers: ${names.join(", ")}`]),
    `Run ${run_id}${warnings === 0 ? "" : `, ${warnings} ${warnings === 1 ? "warning" : "warnings"}`}`,
  ].join("\n");
}
