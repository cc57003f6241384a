import type { Child } from "../dom.ts";
import { h, technical } from "../dom.ts";
import { data, format, ofMoney } from "../state.ts";
import { renderTable } from "../table.ts";

/** What was returned, and each segment's money before and after it; nothing where nothing was. */
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
          h("h3", {}, `Goods for ${format.money(returns.amount)} were returned`),
          h(
            "p",
            { class: "subtitle" },
            "Each segment before and after all that its customers returned, whatever the policy counts",
          ),
        ),
      ),
      h("p", { class: "prose" }, format.retold(returns.note)),
      data.summary.policy.returns === "drop" && countedOtherwise(),
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

/** The settings that take returns off. */
export const countedOtherwise = (): HTMLElement =>
  technical(
    "How to take returns off",
    h(
      "p",
      { class: "prose" },
      h("code", {}, "rfm run --returns match"),
      " takes purchases back that were cancelled; ",
      h("code", {}, "--returns net"),
      " takes off all that was returned.",
    ),
  );
