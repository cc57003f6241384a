import { Command, Option } from "commander";
import { featureTitle } from "../../../lib/domain/clustering/space/features.ts";
import { describeCustomer, listCustomers } from "../../../lib/local/lake/customers.ts";
import type { CustomerDetails, CustomerList, ListedCustomer } from "../../../lib/local/lake/customerTypes.ts";
import { CUSTOMER_ORDER_NAMES, type CustomerOrder } from "../../../lib/tables/customerOrders.ts";
import { style as pc } from "../../terminal.ts";
import { lakeOption, wholeNumber } from "../options.ts";
import { plainTable } from "../table.ts";

interface Flags {
  readonly lake: string;
  readonly run?: string;
  readonly json?: boolean;
}

/** `rfm customers`: who is in the segments. */
export function customersCommand(): Command {
  return new Command("customers")
    .description("list customers of a run, the best first")
    .option("--segment <name...>", "only customers of these segments (default: all)")
    .option("--search <text>", "only ids that contain this text")
    .addOption(
      new Option("--sort <by>", "quiet: longest without a purchase; distance: least like their cluster")
        .choices(CUSTOMER_ORDER_NAMES)
        .default("monetary"),
    )
    .option("--limit <n>", "how many", wholeNumber, 20)
    .option("--run <run>", "an earlier run, as `rfm runs` lists it (default: the current one)")
    .addOption(lakeOption())
    .option("--json", "print them as JSON")
    .action(async (flags: Flags & { segment?: string[]; search?: string; sort: CustomerOrder; limit: number }) => {
      const { segment = [], search, sort, limit } = flags;
      const list = await listCustomers(flags.lake, { runId: flags.run, segments: segment, search, order: sort, limit });
      process.stdout.write(flags.json === true ? `${JSON.stringify(list, null, 2)}\n` : listText(list));
    });
}

/** `rfm customer ID`: one of them, and why. */
export function customerCommand(): Command {
  return new Command("customer")
    .description("show one customer: figures beside the breakpoints, orders, and segments in the runs before")
    .argument("<id>", "the customer's id")
    .option("--run <run>", "an earlier run, as `rfm runs` lists it (default: the current one)")
    .addOption(lakeOption())
    .option("--json", "print it as JSON")
    .action(async (id: string, flags: Flags) => {
      const details = await describeCustomer(flags.lake, id, flags.run);
      process.stdout.write(flags.json === true ? `${JSON.stringify(details, null, 2)}\n` : detailsText(details));
    });
}

const HEAD = ["customer", "last purchase", "days ago", "orders", "monetary", "RFM", "segment", "cluster"];
const ALIGNS = ["left", "left", "right", "right", "right", "left", "left", "left"] as const;

function listText({ runId, snapshotDate, total, customers }: CustomerList): string {
  const rows = customers.map((one) => [
    ...[one.customerId, one.lastPurchase, String(one.recencyDays), String(one.frequency), one.monetary],
    ...[one.scores, one.segment, one.cluster],
  ]);
  const shown = customers.length === total ? `${total}` : `${customers.length} of ${total}`;
  return `${shown} customers of run ${runId} (as of ${snapshotDate}).\n\n${plainTable(HEAD, rows, ALIGNS)}\n`;
}

/** So many orders are shown; --json has all. */
const SHOWN_ORDERS = 20;

function detailsText(details: CustomerDetails): string {
  const { customer, snapshotDate, runId, scoreEdges, scoreMeasures = {}, orders, history } = details;
  const [r, f, m] = customer.scores.includes("-") ? customer.scores.split("-") : [...customer.scores];
  const of = (measure: keyof typeof scoreMeasures, usual: string): string => {
    const chosen = scoreMeasures[measure];
    return chosen === undefined ? usual : `by ${featureTitle(chosen.feature)}`;
  };
  const measures = [
    [
      "R",
      of("recencyDays", `${customer.recencyDays} days since the last purchase`),
      r,
      ladder(scoreEdges.recencyDays, true),
    ],
    [
      "F",
      of("frequency", `${customer.frequency} ${customer.frequency === 1 ? "order" : "orders"}`),
      f,
      ladder(scoreEdges.frequency),
    ],
    ["M", of("monetary", `${customer.monetary} spent`), m, ladder(scoreEdges.monetary)],
  ].map((row) => row.map(String));
  const bought = orders
    .slice(0, SHOWN_ORDERS)
    .map((order) => [
      order.day,
      order.kind === "return" ? "(return)" : (order.orderId ?? ""),
      String(order.lines),
      order.revenue,
    ]);
  const more = orders.length > SHOWN_ORDERS ? `  … and ${orders.length - SHOWN_ORDERS} more (--json has all)\n` : "";
  const stood = history.map((one) => [one.snapshotDate, ...standing(one.customer), one.runId]);
  return [
    `${pc.bold(customer.customerId)}: ${customer.segment}, cluster ${customer.cluster}`,
    `Run ${runId}, as of ${snapshotDate}; first purchase ${customer.firstPurchase}, last ${customer.lastPurchase}.\n`,
    pc.bold("Why"),
    plainTable(["", "value", "score", "between the scores, from 1 up"], measures),
    `\n${pc.bold("Orders")}`,
    `${plainTable(["day", "order", "lines", "money"], bought, ["left", "left", "right", "right"])}\n${more}`,
    pc.bold("In the runs"),
    `${plainTable(["as of", "RFM", "segment", "cluster", "run"], stood)}\n`,
  ].join("\n");
}

const standing = (customer: ListedCustomer | null): string[] =>
  customer === null ? ["", "not in it", ""] : [customer.scores, customer.segment, customer.cluster];

/** The breakpoints from score 1 on: of recency the greatest number of days first. */
function ladder(edges: readonly number[], isReversed = false): string {
  const texts = edges.map((edge) => String(Math.round(edge * 100) / 100));
  return (isReversed ? texts.reverse() : texts).join(" | ");
}
