import { lorenzTitle, topTitle } from "../../../domain/dashboard/salesTitles.ts";
import { categoryAxis, plot, tip, valueAxis } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { theme } from "../charts/palette.ts";
import type { Section } from "../shell.ts";
import { data, format, ofMoney } from "../state.ts";

const TOPS = [1, 5, 10, 20, 50] as const;

/** How much of the revenue hangs on how few customers. */
export function concentrationSection(): Section {
  return {
    id: "concentration",
    name: "Concentration",
    lead: "How much of the revenue hangs on how few customers. Always of all customers.",
    content: [
      chartCard({ name: "lorenz", span: 6, filtered: false }, drawLorenz).element,
      chartCard({ name: "top-shares", span: 6, filtered: false }, drawTops).element,
    ],
  };
}

const all = (): number => data.concentration.curve.at(-1)?.revenue ?? 0;
const shareOfTop = (percent: number): number => {
  const point = data.concentration.curve.find(({ topPercent }) => topPercent === percent);
  return all() > 0 ? (point?.revenue ?? 0) / all() : 0;
};

function drawLorenz(): Drawing {
  const { curve, gini } = data.concentration;
  // From the smallest spenders up: what the curve of the biggest leaves.
  const points = [...curve]
    .reverse()
    .map(({ topPercent, revenue }) => [100 - topPercent, all() > 0 ? (1 - revenue / all()) * 100 : 0]);
  const percent = (value: number): string => format.share(value / 100);
  return {
    title: lorenzTitle(data.concentration, format),
    subtitle: `Share of revenue by share of customers, the smallest first; dashed: if all spent alike. Lorenz curve${gini === null ? "" : `, Gini ${format.decimal(gini, 3)}`}`,
    table: {
      columns: [
        { name: "percent of customers, biggest spenders first", show: format.count },
        { name: "customers", show: format.count },
        { name: ofMoney("revenue"), show: format.money },
        { name: "share of revenue", show: format.share },
      ],
      rows: curve.map(({ topPercent, customers, revenue }) => [
        topPercent,
        customers,
        revenue,
        all() > 0 ? revenue / all() : 0,
      ]),
    },
    option:
      all() <= 0
        ? null
        : {
            grid: plot({ bottom: 22 }),
            tooltip: {
              trigger: "axis",
              formatter: (found: { data: number[] }[]) => {
                const [x = 0, y = 0] = found[0]?.data ?? [];
                return tip(`The ${percent(100 - x)} who spend most`, [["Share of revenue", percent(100 - y)]]);
              },
            },
            xAxis: valueAxis(percent, {
              max: 100,
              interval: 25,
              name: "customers, the smallest first",
              nameLocation: "middle",
              nameGap: 28,
              nameTextStyle: { color: theme().muted },
            }),
            yAxis: valueAxis(percent, {
              max: 100,
              interval: 25,
              min: Math.min(0, ...points.map(([, y]) => Math.floor(y ?? 0))),
            }),
            series: [
              {
                type: "line",
                data: points,
                showSymbol: false,
                color: theme().accent,
                lineStyle: { width: 2.5 },
                areaStyle: { opacity: 0.1 },
              },
              {
                type: "line",
                data: [
                  [0, 0],
                  [100, 100],
                ],
                showSymbol: false,
                silent: true,
                color: theme().muted,
                lineStyle: { type: "dashed", width: 1 },
                tooltip: { show: false },
              },
            ],
          },
  };
}

function drawTops(): Drawing {
  return {
    title: topTitle(data.concentration, format),
    subtitle: "Share of revenue that the biggest spenders bring",
    table: {
      columns: [
        { name: "percent of customers, biggest spenders first", show: format.count },
        { name: "share of revenue", show: format.share },
      ],
      rows: TOPS.map((top) => [top, shareOfTop(top)]),
    },
    option:
      all() <= 0
        ? null
        : {
            grid: plot({ right: 56 }),
            tooltip: { formatter: (point: { dataIndex: number }) => topTip(TOPS[point.dataIndex] ?? 1) },
            xAxis: valueAxis(format.share, { show: false, max: 1 }),
            yAxis: categoryAxis(
              TOPS.map((top) => `Top ${format.share(top / 100)}`),
              { inverse: true, axisLine: { show: false } },
            ),
            series: [
              {
                type: "bar",
                data: TOPS.map(shareOfTop),
                color: theme().accent,
                barMaxWidth: 26,
                itemStyle: { borderRadius: 3 },
                label: {
                  show: true,
                  position: "right",
                  color: theme().ink,
                  formatter: (point: { value: number }) => format.share(point.value),
                },
              },
            ],
          },
  };
}

function topTip(top: number): HTMLElement {
  const point = data.concentration.curve.find(({ topPercent }) => topPercent === top);
  return tip(`The ${format.share(top / 100)} who spend most`, [
    ["Customers", format.count(point?.customers ?? 0)],
    ["Revenue", format.money(point?.revenue ?? 0)],
    ["Share", format.share(shareOfTop(top))],
  ]);
}
