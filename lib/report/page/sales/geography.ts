import { countriesTitle } from "../../../domain/dashboard/salesTitles.ts";
import type { CountrySales, Sales } from "../../../domain/dashboard/types.ts";
import { categoryAxis, plot, salesLines, shorten, tip, valueAxis } from "../charts/axes.ts";
import { type Chart, chartCard, type Drawing } from "../charts/chart.ts";
import { theme } from "../charts/palette.ts";
import { choice } from "../dom.ts";
import type { Section } from "../shell.ts";
import { filter, format, inMoney, ofMoney, revenueShown, sales } from "../state.ts";

const MOST_BARS = 15;
type Measure = keyof Sales | "average";

/** Where customers are. */
export function geographySection(): Section {
  let measure: Measure = "revenue";
  const control = choice(
    "Measure",
    [
      ["revenue", "Revenue"],
      ["customers", "Customers"],
      ["orders", "Orders"],
      ["average", "Average order"],
    ],
    measure as Measure,
    (value) => {
      measure = value;
      chart.refresh();
    },
  );
  const chart: Chart = chartCard({ name: "countries", span: 12, controls: [control] }, () => drawCountries(measure));
  return {
    id: "geography",
    name: "Geography",
    lead: "A customer with orders in two countries counts in both here, and once in every total.",
    content: [chart.element],
  };
}

const average = ({ revenue, orders }: Sales): number => revenue / Math.max(1, orders);
const nameOf = ({ country }: CountrySales): string => country ?? "(not given)";

function drawCountries(measure: Measure): Drawing {
  const { countries } = sales();
  const hasNames = countries.some(({ country }) => country !== null);
  const of = (item: CountrySales): number => (measure === "average" ? average(item) : item[measure]);
  const shown = [...countries].sort((a, b) => of(b) - of(a)).slice(0, MOST_BARS);
  const show = measure === "revenue" || measure === "average" ? format.shortMoney : format.shortCount;
  const what = {
    revenue: inMoney("Revenue"),
    customers: "Customers",
    orders: "Orders",
    average: inMoney("Average order"),
  }[measure];
  const rest =
    countries.length > shown.length
      ? `, the first ${format.count(shown.length)} of ${format.count(countries.length)}`
      : "";
  return {
    title: countriesTitle(countries, revenueShown(), format, filter()),
    subtitle: `${what} by country${rest}`,
    table: {
      columns: [
        { name: "country" },
        { name: ofMoney("revenue"), show: format.money },
        { name: "customers", show: format.count },
        { name: "orders", show: format.count },
        { name: ofMoney("average order"), show: format.money },
      ],
      rows: countries.map((item) => [nameOf(item), item.revenue, item.customers, item.orders, average(item)]),
    },
    height: 50 + shown.length * 28,
    option: hasNames ? barsOption(shown, of, show) : null,
  };
}

function barsOption(
  shown: readonly CountrySales[],
  of: (item: CountrySales) => number,
  show: (value: number) => string,
): Drawing["option"] {
  return {
    grid: plot({ right: 72 }),
    tooltip: {
      formatter: (point: { dataIndex: number }) => {
        const item = shown[point.dataIndex] as CountrySales;
        return tip(nameOf(item), [...salesLines(item), ["Average order", format.money(average(item))]]);
      },
    },
    xAxis: valueAxis(show, { show: false }),
    yAxis: categoryAxis(
      shown.map((item) => shorten(nameOf(item), 22)),
      { inverse: true, axisLine: { show: false } },
    ),
    series: [
      {
        type: "bar",
        data: shown.map(of),
        color: theme().accent,
        barMaxWidth: 18,
        itemStyle: { borderRadius: [0, 3, 3, 0] },
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
