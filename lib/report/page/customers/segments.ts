import { segmentsTitle } from "../../../domain/dashboard/titles.ts";
import { tip } from "../charts/axes.ts";
import { chartCard, type Drawing } from "../charts/chart.ts";
import { inkOn, segmentColour, theme } from "../charts/palette.ts";
import { FONT } from "../charts/picture.ts";
import { type Box, labelFor, squarify } from "../charts/treemap.ts";
import { choice, h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, filter, format, inMoney, isFaded, isNarrow, ofMoney, select } from "../state.ts";
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
    content: [treemap(), scoreGrid(), playbook(), ...returnsCard()],
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
    title: segmentsTitle(data.summary, format, filter()),
    subtitle: size === "revenue" ? `Area: ${inMoney("revenue")}` : "Area: customers",
    table: segmentTable(segments),
    height: isNarrow() ? 320 : 400,
    option: segments.some(isShown)
      ? {
          tooltip: { formatter: (point: { name: string }) => segmentTip(point.name) },
          series: [treemapSeries(segments.filter(isShown), size)],
        }
      : null,
  };
}

const GAP = 3;

function treemapSeries(segments: readonly Segment[], size: "revenue" | "customers") {
  const shown = [...segments].sort((a, b) => b[size] - a[size]);
  const shareOf = (segment: Segment): number => (size === "revenue" ? segment.revenueShare : segment.customerShare);
  return {
    type: "custom",
    coordinateSystem: "none",
    data: shown.map((segment) => ({ name: segment.name, value: segment[size] })),
    renderItem: ({ dataIndex }: { dataIndex: number }, api: { getWidth(): number; getHeight(): number }) => {
      const whole = { x: 0, y: 0, width: api.getWidth(), height: api.getHeight() };
      const boxes = squarify(
        shown.map((segment) => segment[size]),
        whole,
      );
      const segment = shown[dataIndex] as Segment;
      return treemapBox(segment, format.share(shareOf(segment)), boxes[dataIndex] as Box);
    },
  };
}

/** A box with the fullest label that can be read in it. */
function treemapBox({ name }: Segment, share: string, { x, y, width, height }: Box) {
  const fill = segmentColour(name);
  const inner = { x, y, width: Math.max(1, width - GAP), height: Math.max(1, height - GAP) };
  const label = labelFor(name, share, inner);
  const opacity = isFaded(name) ? 0.3 : 1;
  // On a paler box the page's own ink is read best.
  const ink = isFaded(name) ? theme().ink : inkOn(fill);
  const { text, fontSize = 13 } = label ?? {};
  return {
    type: "group",
    children: [
      { type: "rect", shape: { ...inner, r: 3 }, style: { fill, opacity } },
      ...(label === undefined
        ? []
        : [
            {
              type: "text",
              silent: true,
              style: { text, fill: ink, fontSize, fontFamily: FONT, lineHeight: fontSize * 1.3, x: x + 6, y: y + 5 },
            },
          ]),
    ],
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
