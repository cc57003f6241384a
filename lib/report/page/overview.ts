import { changeOf } from "../../domain/dashboard/salesSentences.ts";
import { segmentHeadline } from "../../domain/dashboard/segment/headline.ts";
import type { MonthSales } from "../../domain/dashboard/types.ts";
import { h, sparkline } from "./dom.ts";
import type { Section } from "./shell.ts";
import { data, filter, format, isOpenMonth, onChange, sales } from "./state.ts";

interface Figure {
  readonly name: string;
  readonly text: string;
  /** The figure of a month. */
  readonly of: (month: MonthSales) => number;
  /** Points of a percentage instead of a relative change. */
  readonly isShare?: boolean;
  readonly course: readonly number[];
}

/** The headline: five figures, and sentences of what changed. */
export function overviewSection(): Section {
  const { history, snapshotDate } = data.summary;
  const tiles = h("div", { class: "tiles span-12" });
  onChange(() => tiles.replaceChildren(...figures().map(tile)));
  const sentences = h("ol", { class: "headline span-12", "aria-label": "In short" });
  onChange(() => sentences.replaceChildren(...headline().map((sentence) => h("li", {}, sentence))));
  return {
    id: "overview",
    name: "Overview",
    lead: `Purchases from ${format.date(history.firstDate)} to ${format.date(history.lastDate)}, segmented as of ${format.date(snapshotDate)}${
      data.earlier === null ? "" : `, against the run as of ${format.date(data.earlier.snapshotDate)}`
    }.${data.display.currency === null ? " Amounts are in the file's own currency." : ""}`,
    content: [tiles, sentences],
  };
}

function headline(): readonly string[] {
  const segment = filter();
  if (segment === null) return data.headline;
  return segmentHeadline(data.summary, data.earlier, sales().months, format, segment);
}

function figures(): Figure[] {
  const segment = filter();
  const { totals } = segmentTotals(segment);
  // A month that is not over would look like a fall.
  const months = sales().months.filter(({ month }) => !isOpenMonth(month));
  const figure = (name: string, text: string, of: Figure["of"], isShare = false): Figure => ({
    ...{ name, text, of, isShare, course: months.map(of) },
  });
  return [
    figure("Customers", format.count(totals.customers), ({ customers }) => customers),
    figure("Orders", format.count(totals.orders), ({ orders }) => orders),
    figure("Revenue", format.money(totals.revenue), ({ revenue }) => revenue),
    figure("Average order", format.money(totals.averageOrderValue), (m) => m.revenue / Math.max(1, m.orders)),
    figure("Bought again", format.share(totals.repeatRate), (m) => 1 - m.newCustomers / Math.max(1, m.customers), true),
  ];
}

type Totals = Pick<typeof data.summary.totals, "customers" | "orders" | "revenue" | "averageOrderValue" | "repeatRate">;

function segmentTotals(segment: string | null): { totals: Totals } {
  if (segment === null) return { totals: data.summary.totals };
  const cells = data.map.filter((cell) => cell.segment === segment);
  const sum = (of: (cell: (typeof cells)[number]) => number): number =>
    cells.reduce((total, cell) => total + of(cell), 0);
  const customers = sum((cell) => cell.customers);
  const orders = sum((cell) => cell.orders);
  const revenue = data.summary.segments.find(({ name }) => name === segment)?.revenue ?? 0;
  const repeatRate = sum((cell) => cell.repeatCustomers) / Math.max(1, customers);
  return { totals: { customers, orders, revenue, averageOrderValue: revenue / Math.max(1, orders), repeatRate } };
}

function tile({ name, text, of, isShare, course }: Figure): HTMLElement {
  return h(
    "div",
    { class: "tile" },
    h("span", { class: "tile-name" }, name),
    h("span", { class: "tile-value" }, text),
    h("span", { class: "tile-change" }, ...changeText(of, isShare === true)),
    sparkline(course),
  );
}

const NO_SALES = { revenue: 0, orders: 0, customers: 0, newCustomers: 0, newRevenue: 0 };

/** The latest whole month against the one before: totals of two histories only grow. */
function changeText(of: Figure["of"], isShare: boolean): (HTMLElement | string)[] {
  const month = data.summary.sales?.month;
  if (month === null || month === undefined || month.before === null) return [];
  const [before, now] = [month.before, month.latest].map(({ from }) =>
    of(sales().months.find((row) => row.month === from) ?? { month: from, ...NO_SALES }),
  ) as [number, number];
  const which = ` in ${format.month(month.latest.from)} on ${format.month(month.before.from)}`;
  const change = isShare ? now - before : changeOf(before, now);
  if (change === undefined) return ["no comparison"];
  if (Math.abs(change) < 0.0005) return [`unchanged${which}`];
  const text = isShare
    ? `${format.decimal(Math.abs(change) * 100, 1)} points`
    : format.change(change).replace(/^[+-−]/, "");
  const direction = change > 0 ? "up" : "down";
  const mark = h("span", { class: direction }, `${change > 0 ? "▲" : "▼"} ${text}`);
  return [mark, which];
}
