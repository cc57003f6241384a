import { frequencyUnit } from "../../../domain/dashboard/words.ts";
import { segmentColour } from "../charts/palette.ts";
import { exportCommand } from "../commands.ts";
import { h } from "../dom.ts";
import { data, filter, format, isFaded, onChange, select } from "../state.ts";

type Segment = (typeof data.summary.segments)[number];

/** A line per segment: who they are in medians, what to do, and the command that writes the audience. */
export function playbook(): HTMLElement {
  const body = h("tbody", {});
  onChange(() => body.replaceChildren(...data.summary.segments.map(line)));
  const columns = ["Segment", "Customers", "Revenue", "Typical customer", "What to do"];
  return h(
    "figure",
    { class: "card span-12", id: "playbook" },
    h(
      "header",
      {},
      h(
        "div",
        { class: "titles" },
        h("h3", {}, "What to do about each segment"),
        h("p", { class: "subtitle" }, "Typical customer: medians. Shares are of all customers and of all revenue."),
      ),
    ),
    h(
      "div",
      { class: "table-scroll", tabindex: "0", role: "region", "aria-label": "What to do about each segment" },
      h(
        "table",
        { class: "playbook" },
        h("thead", {}, h("tr", {}, ...columns.map((name) => h("th", { scope: "col" }, name)))),
        body,
      ),
    ),
    verdict(),
  );
}

/** Whether such segments told more than spending alone, where the decision is made. */
function verdict(): HTMLElement | null {
  const { backtest } = data.summary;
  if (backtest == null) return null;
  return h(
    "p",
    { class: "verdict" },
    h("b", {}, "Tried on this shop's past: "),
    format.retold(backtest.verdict),
    " ",
    h("a", { href: "#drift" }, "The numbers"),
  );
}

function line(segment: Segment): HTMLElement {
  const { name, customers, customerShare, revenue, revenueShare } = segment;
  const advice = data.advice[name];
  const isSelected = filter() === name;
  const button = h(
    "button",
    { type: "button", class: "segment", "aria-pressed": String(isSelected), click: () => select(name) },
    h("i", { style: `background:${segmentColour(name)}` }),
    name,
  );
  return h(
    "tr",
    { class: isSelected ? "selected" : isFaded(name) ? "faded" : "" },
    h("th", { scope: "row" }, button, h("p", { class: "who" }, advice?.who ?? "")),
    h("td", {}, measure("Customers", format.count(customers), customerShare, name)),
    h("td", {}, measure("Revenue", format.money(revenue), revenueShare, name)),
    h("td", {}, typical(segment)),
    h("td", {}, h("p", { class: "action" }, advice?.action ?? ""), exportCommand(name)),
  );
}

function measure(what: string, text: string, share: number, segment: string): HTMLElement {
  const width = Math.max(0, Math.min(1, share)) * 100;
  return h(
    "div",
    { class: "measure", "data-name": what },
    h("span", {}, text),
    h("small", {}, format.share(share)),
    h("span", { class: "bar" }, h("i", { style: `width:${width.toFixed(1)}%;background:${segmentColour(segment)}` })),
  );
}

function typical({ medianRecencyDays, medianFrequency, medianMonetary }: Segment): HTMLElement {
  const part = (value: string, unit: string): HTMLElement => h("span", {}, h("b", {}, value), ` ${unit}`);
  const [days, orders] = [format.decimal(medianRecencyDays, 0), format.decimal(medianFrequency, 1)];
  return h(
    "div",
    { class: "typical" },
    part(days, medianRecencyDays === 1 ? "day ago" : "days ago"),
    part(orders, frequencyUnit(data.summary.policy, medianFrequency)),
    part(format.money(medianMonetary), "spent"),
  );
}
