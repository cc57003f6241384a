import { changeOf } from "../../domain/dashboard/headline.ts";
import type { Sales } from "../../domain/dashboard/types.ts";
import { h, sparkline } from "./dom.ts";
import type { Section } from "./shell.ts";
import { data, filter, format, isOpenMonth, onChange, sales } from "./state.ts";

interface Figure {
  readonly name: string;
  readonly text: string;
  readonly before: number | undefined;
  readonly now: number;
  /** Points of a percentage instead of a relative change. */
  readonly isShare?: boolean;
  readonly course: readonly number[];
}

/** The headline: five figures, and three sentences of what changed. */
export function overviewSection(): Section {
  const { history, snapshotDate } = data.summary;
  const tiles = h("div", { class: "tiles span-12" });
  onChange(() => tiles.replaceChildren(...figures().map(tile)));
  const sentences = h(
    "ol",
    { class: "headline span-12", "aria-label": "What changed" },
    ...data.headline.map((sentence) => h("li", {}, sentence)),
  );
  return {
    id: "overview",
    name: "Overview",
    lead: `Purchases from ${format.date(history.firstDate)} to ${format.date(history.lastDate)}, segmented as of ${format.date(snapshotDate)}${
      data.earlier === null ? "" : `, against the run as of ${format.date(data.earlier.snapshotDate)}`
    }.${data.display.currency === null ? " Amounts are in the file's own currency." : ""}`,
    content: [tiles, sentences],
  };
}

function figures(): Figure[] {
  const segment = filter();
  const { totals } = segmentTotals(segment);
  const before = earlierTotals(segment);
  // A month that is not over would look like a fall.
  const months = sales().months.filter(({ month }) => !isOpenMonth(month));
  const course = (of: (month: Sales) => number): number[] => months.map(of);
  return [
    {
      name: "Customers",
      text: format.count(totals.customers),
      now: totals.customers,
      before: before?.customers,
      course: course((m) => m.customers),
    },
    {
      name: "Orders",
      text: format.count(totals.orders),
      now: totals.orders,
      before: before?.orders,
      course: course((m) => m.orders),
    },
    {
      name: "Revenue",
      text: format.money(totals.revenue),
      now: totals.revenue,
      before: before?.revenue,
      course: course((m) => m.revenue),
    },
    {
      name: "Average order",
      text: format.money(totals.averageOrderValue),
      now: totals.averageOrderValue,
      before: before?.averageOrderValue,
      course: course((m) => m.revenue / Math.max(1, m.orders)),
    },
    {
      name: "Bought again",
      text: format.share(totals.repeatRate),
      now: totals.repeatRate,
      before: before?.repeatRate,
      isShare: true,
      course: course((m) => ("newCustomers" in m ? 1 - Number(m.newCustomers) / Math.max(1, m.customers) : 0)),
    },
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

/** Of a segment the earlier run tells size and revenue alone. */
function earlierTotals(segment: string | null): Partial<Totals> | undefined {
  if (data.earlier === null) return undefined;
  if (segment === null) return data.earlier.totals;
  return data.earlier.segments.find(({ name }) => name === segment);
}

function tile({ name, text, now, before, isShare, course }: Figure): HTMLElement {
  return h(
    "div",
    { class: "tile" },
    h("span", { class: "tile-name" }, name),
    h("span", { class: "tile-value" }, text),
    h("span", { class: "tile-change" }, ...changeText(now, before, isShare === true)),
    sparkline(course),
  );
}

function changeText(now: number, before: number | undefined, isShare: boolean): (HTMLElement | string)[] {
  if (before === undefined) return data.earlier === null ? [] : ["no comparison"];
  const change = isShare ? now - before : changeOf(before, now);
  if (change === undefined) return ["no comparison"];
  if (Math.abs(change) < 0.0005) return ["unchanged"];
  const text = isShare
    ? `${format.decimal(Math.abs(change) * 100, 1)} points`
    : format.change(change).replace(/^[+-−]/, "");
  const direction = change > 0 ? "up" : "down";
  const mark = h("span", { class: direction }, `${change > 0 ? "▲" : "▼"} ${text}`);
  return [mark, " since last run"];
}
