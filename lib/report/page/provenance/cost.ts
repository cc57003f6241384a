import { h } from "../dom.ts";
import { data, format } from "../state.ts";
import { renderTable } from "../table.ts";

const dollars = (options: Intl.NumberFormatOptions): ((value: number) => string) => {
  const formatter = new Intl.NumberFormat(data.display.locale, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    ...options,
  });
  return (value) => formatter.format(value);
};

/** What AWS charges for the run, item by item, and what is not in it. */
export function costCard(): HTMLElement {
  const { metered } = data.summary;
  const isEstimate = metered.measuredOn === "local";
  const amount = dollars(metered.usd < 1 ? { maximumSignificantDigits: 2 } : {})(metered.usd);
  const prices = `at list prices of ${metered.region}, ${format.month(`${metered.pricesAsOf}-01`)}, without free tiers`;
  const megabytes = format.decimal(metered.bytesScanned / 1e6, 1);
  return h(
    "figure",
    { class: "card bare span-5", id: "cost" },
    h("h3", {}, isEstimate ? `On AWS this run would cost about ${amount}` : `This run cost ${amount} on AWS`),
    h(
      "p",
      { class: "subtitle" },
      isEstimate
        ? `An estimate from times and sizes on this computer, ${prices}`
        : `Times and bytes as AWS reports them, ${prices}`,
    ),
    renderTable(
      {
        columns: [
          { name: "item" },
          { name: isEstimate ? "estimated from" : "measured" },
          { name: "US dollars", show: dollars({ minimumFractionDigits: 5, maximumFractionDigits: 5 }) },
        ],
        rows: [
          ...metered.items.map(({ name, basis, usd }) => [name, format.retold(basis), usd]),
          ["Total", `${format.count(metered.statements)} statements read ${megabytes} MB`, metered.usd],
        ],
      },
      "Cost of the run",
    ),
    h("p", { class: "prose" }, h("b", {}, "Not in it: "), format.retold(metered.notIncluded)),
    h(
      "p",
      { class: "hint" },
      h("code", {}, "rfm cost"),
      " turns sizes into a monthly bill, storage and database included.",
    ),
  );
}
