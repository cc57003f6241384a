import { gridTitle, segmentsTitle } from "../../../domain/dashboard/titles.ts";
import { tip } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { inkOn, segmentColour, theme } from "../charts/palette.ts";
import { choice, h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, filter, format, inMoney, ofMoney, select } from "../state.ts";
import { playbook } from "./playbook.ts";
import { returnsCard } from "./returns.ts";
import { scoreGrid } from "./scoreGrid.ts";

type Segment = (typeof data.summary.segments)[number];

/** Named segments: how large, what they are worth, what to do about each. */
export function segmentsSection(): Section {
  return {
    id: "segments",
    name: "Segments",
    lead: "Every customer has one segment, by recency and by frequency with spending. Click one, and the page shows it alone.",
    content: [treemap(), scoreGrid(gridTitle(data.summary.segments, format)), playbook(), ...returnsCard()],
  };
}

function treemap(): HTMLElement {
  let size: "revenue" | "customers" = "revenue";
  const card = chartCard(
    {
      name: "segments-treemap",
      span: 6,
      filtered: true,
      controls: [
        choice(
          "Area shows",
          [
            ["revenue", "Revenue"],
            ["customers", "Customers"],
          ],
          "revenue",
          (value) => {
            size = value as typeof size;
            card.refresh();
          },
        ),
      ],
      onClick: ({ name }) => select(name),
    },
    () => drawTreemap(size),
  );
  return card.element;
}

function drawTreemap(size: "revenue" | "customers"): Drawing {
  const { segments } = data.summary;
  const isShown = (segment: Segment): boolean => segment[size] > 0;
  return {
    title: segmentsTitle(data.summary, format),
    subtitle: size === "revenue" ? `Area: ${inMoney("revenue")}` : "Area: customers",
    table: segmentTable(segments),
    height: 400,
    option: segments.some(isShown)
      ? {
          tooltip: { formatter: (point: { name: string }) => segmentTip(point.name) },
          series: [
            {
              type: "treemap",
              roam: false,
              nodeClick: false,
              breadcrumb: { show: false },
              left: 0,
              top: 4,
              right: 0,
              bottom: 0,
              itemStyle: { borderColor: theme().card, borderWidth: 0, gapWidth: 3 },
              data: segments.filter(isShown).map((segment) => treemapNode(segment, size)),
            },
          ],
        }
      : null,
  };
}

/** Shares of the whole area: below these a label gets small, loses its number, or would not be readable. */
const SMALL = 0.06;
const LOW = 0.03;
const LEAST_LABELLED = 0.018;

function treemapNode(segment: Segment, size: "revenue" | "customers") {
  const colour = segmentColour(segment.name);
  const isFaded = filter() !== null && filter() !== segment.name;
  const share = size === "revenue" ? segment.revenueShare : segment.customerShare;
  return {
    name: segment.name,
    value: segment[size],
    itemStyle: { color: colour, opacity: isFaded ? 0.3 : 1 },
    label: {
      color: inkOn(colour),
      show: share >= LEAST_LABELLED,
      fontSize: share < SMALL ? 11.5 : 13,
      lineHeight: share < SMALL ? 14 : 18,
      padding: [3, 0, 0, 5],
      position: "insideTopLeft" as const,
      overflow: "truncate" as const,
      // Small areas are narrow or low: words below each other, or the name alone.
      formatter: () =>
        share < SMALL && share >= LOW
          ? `${segment.name.replaceAll(" ", "\n")}\n${format.share(share)}`
          : share < LOW
            ? segment.name
            : `${segment.name}\n${format.share(share)}`,
    },
  };
}

function segmentTip(name: string): HTMLElement {
  const segment = data.summary.segments.find((candidate) => candidate.name === name);
  if (segment === undefined) return h("div", {}, name);
  const [revenue, customers] = [format.share(segment.revenueShare), format.share(segment.customerShare)];
  return tip(name, [
    ["Customers", `${format.count(segment.customers)} (${customers})`],
    ["Revenue", `${format.money(segment.revenue)} (${revenue})`],
    ["Median recency", `${format.decimal(segment.medianRecencyDays, 1)} days`],
    ["Median orders", format.decimal(segment.medianFrequency, 1)],
    ["Median spent", format.money(segment.medianMonetary)],
  ]);
}

/** Groups of customers as numbers; for segments and for clusters. */
export function segmentTable(groups: readonly (Omit<Segment, "name"> & { readonly name: string })[]) {
  return {
    columns: [
      { name: "name" },
      { name: "customers", show: format.count },
      { name: "share of customers", show: format.share },
      { name: ofMoney("revenue"), show: format.money },
      { name: "share of revenue", show: format.share },
      { name: "median recency (days)", show: (value: number) => format.decimal(value, 1) },
      { name: "median orders", show: (value: number) => format.decimal(value, 1) },
      { name: ofMoney("median spent"), show: format.money },
    ],
    rows: groups.map((group) => [
      group.name,
      group.customers,
      group.customerShare,
      group.revenue,
      group.revenueShare,
      group.medianRecencyDays,
      group.medianFrequency,
      group.medianMonetary,
    ]),
  };
}
