import {
  cancelledShare,
  isCancelledGiant,
  labelledTitle,
  productsTitle,
} from "../../../domain/dashboard/salesTitles.ts";
import type { LabelledSales, ProductSales } from "../../../domain/dashboard/types.ts";
import { categoryAxis, plot, salesLines, shorten, tip, valueAxis } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { theme, worse } from "../charts/palette.ts";
import { countedOtherwise } from "../customers/returns.ts";
import { choice, h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, filter, format, inMoney, isNarrow, ofMoney, onChange, sales } from "../state.ts";

type Measure = "revenue" | "units";
const MOST_BARS = 15;

/** What customers buy. */
export function productsSection(): Section {
  const cards = [
    productsCard(),
    labelledCard("categories", "category", data.categories),
    labelledCard("payment-methods", "payment method", data.paymentMethods),
  ];
  return {
    id: "products",
    name: "Products",
    lead: "What sells, and what only seems to.",
    content: cards.filter((card) => card !== null),
  };
}

function productsCard(): HTMLElement {
  let measure: Measure = "revenue";
  const control = choice(
    "Measure",
    [
      ["revenue", "Revenue"],
      ["units", "Units"],
    ],
    measure as Measure,
    (value) => {
      measure = value;
      chart.refresh();
    },
  );
  const note = h("div", { class: "flags" });
  onChange(() => {
    const giants = sales().products.filter(isCancelledGiant);
    note.replaceChildren(...giants.map(flag), ...(giants.length > 0 ? [countedOtherwise()] : []));
  });
  const chart: Chart = chartCard({ name: "products", span: 12, controls: [control], note }, () =>
    drawProducts(measure),
  );
  return chart.element;
}

const nameOf = ({ description, productId }: ProductSales): string => description ?? productId;

function flag(product: ProductSales): HTMLElement {
  const how = product.singleOrder ? "all in a single order, and " : "";
  const share = cancelledShare(product, format);
  return h(
    "p",
    {},
    h("b", {}, "Look twice: "),
    `${nameOf(product)} shows ${format.money(product.revenue)}, ${how}${share} of it was cancelled again. Cancellations do not count in this run, so the sale stays.`,
  );
}

function drawProducts(measure: Measure): Drawing {
  const { products } = sales();
  const shown = [...products].sort((a, b) => b[measure] - a[measure]).slice(0, MOST_BARS);
  const show = measure === "revenue" ? format.shortMoney : format.shortCount;
  const isKnown = products.length > 1 || products[0]?.productId !== undefined;
  return {
    title: productsTitle(products, format, filter()),
    subtitle: `${measure === "revenue" ? inMoney("Revenue") : "Units"} of the ${format.count(shown.length)} first products${filter() === null ? "" : ` in ${filter()}`}; orange: mostly cancelled again`,
    table: {
      columns: [
        { name: "product" },
        { name: "description" },
        { name: ofMoney("revenue"), show: format.money },
        { name: "units", show: format.count },
        { name: "customers", show: format.count },
        { name: ofMoney("cancelled again"), show: format.money },
      ],
      rows: products.map((item) => [
        item.productId,
        item.description,
        item.revenue,
        item.units,
        item.customers,
        item.cancelledRevenue,
      ]),
    },
    height: 50 + shown.length * 28,
    option: shown.length === 0 || !isKnown ? null : barsOf(shown, measure, show),
  };
}

function barsOf(shown: readonly ProductSales[], measure: Measure, show: (value: number) => string): Drawing["option"] {
  return {
    grid: plot({ right: 72 }),
    tooltip: {
      formatter: (point: { dataIndex: number }) => productTip(shown[point.dataIndex] as ProductSales),
    },
    xAxis: valueAxis(show, { show: false }),
    yAxis: categoryAxis(
      shown.map((item) => shorten(nameOf(item), isNarrow() ? 18 : 40)),
      { inverse: true, axisLine: { show: false } },
    ),
    series: [
      {
        type: "bar",
        data: shown.map((item) => ({
          value: item[measure],
          itemStyle: { color: isCancelledGiant(item) ? worse() : theme().accent, borderRadius: [0, 3, 3, 0] },
        })),
        barMaxWidth: 18,
        label: {
          show: true,
          position: "right",
          color: theme().ink,
          formatter: (point: { value: number }) => show(point.value),
        },
      },
    ],
  };
}

function productTip(item: ProductSales): HTMLElement {
  return tip(nameOf(item), [
    ["Product", item.productId],
    ["Revenue", format.money(item.revenue)],
    ["Units", format.count(item.units)],
    ["Customers", format.count(item.customers)],
    ["Cancelled again", format.money(item.cancelledRevenue)],
  ]);
}

/** Categories or payment methods; no card where the file has none. */
function labelledCard(name: string, what: string, items: readonly LabelledSales[]): HTMLElement | null {
  if (items.length === 0) return null;
  const nameOfItem = ({ label }: LabelledSales): string => label ?? "(not given)";
  return chartCard({ name, span: 6, filtered: false }, () => ({
    title: labelledTitle(items, what, data.summary.totals.revenue, format),
    subtitle: `${inMoney("Revenue")} by ${what}`,
    table: {
      columns: [
        { name: what },
        { name: ofMoney("revenue"), show: format.money },
        { name: "orders", show: format.count },
        { name: "customers", show: format.count },
      ],
      rows: items.map((item) => [nameOfItem(item), item.revenue, item.orders, item.customers]),
    },
    height: 50 + items.length * 28,
    option: {
      grid: plot({ right: 72 }),
      tooltip: {
        formatter: (point: { dataIndex: number }) =>
          tip(nameOfItem(items[point.dataIndex] as LabelledSales), salesLines(items[point.dataIndex] as LabelledSales)),
      },
      xAxis: valueAxis(format.shortMoney, { show: false }),
      yAxis: categoryAxis(
        items.map((item) => shorten(nameOfItem(item), 24)),
        { inverse: true, axisLine: { show: false } },
      ),
      series: [
        {
          type: "bar",
          data: items.map(({ revenue }) => revenue),
          color: theme().accent,
          barMaxWidth: 18,
          label: {
            show: true,
            position: "right",
            color: theme().ink,
            formatter: (point: { value: number }) => format.shortMoney(point.value),
          },
        },
      ],
    },
  })).element;
}
