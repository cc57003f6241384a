import type { Child } from "../dom.ts";
import { h } from "../dom.ts";
import { data, format, ofMoney } from "../state.ts";
import { renderTable } from "../table.ts";

/** What came back, and each segment's money before and after it; nothing where nothing came back. */
export function returnsCard(): Child[] {
  const { returns, segments } = data.summary;
  if (returns === null || returns === undefined) return [];
  return [
    h(
      "figure",
      { class: "card span-12", id: "returns" },
      h(
        "header",
        {},
        h(
          "div",
          { class: "titles" },
          h("h3", {}, `${format.money(returns.amount)} came back`),
          h(
            "p",
            { class: "subtitle" },
            "Each segment before and after all that its customers returned, whatever the policy counts",
          ),
        ),
      ),
      h("p", { class: "prose" }, format.retold(returns.note)),
      renderTable(
        {
          columns: [
            { name: "segment" },
            { name: ofMoney("gross"), show: format.money },
            { name: ofMoney("net of returns"), show: format.money },
            { name: "change", show: format.change },
            { name: "customers with nothing left", show: format.count },
          ],
          rows: segments.map(({ name, grossRevenue = 0, netRevenue = 0, emptyCustomers = 0 }) => [
            ...[name, grossRevenue, netRevenue],
            grossRevenue > 0 ? (netRevenue - grossRevenue) / grossRevenue : 0,
            emptyCustomers,
          ]),
        },
        "Segments before and after returns",
      ),
    ),
  ];
}
