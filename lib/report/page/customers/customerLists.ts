/// <reference lib="dom" />
import type { CustomerListName, ListedCustomer } from "../../../domain/dashboard/segment/customerLists.ts";
import { customersTitle, type ShownList, shownList } from "../../../domain/dashboard/segment/customerTitles.ts";
import { otherReason } from "../../../domain/dashboard/segment/movementTitles.ts";
import { frequencyUnit } from "../../../domain/dashboard/words.ts";
import { commandBox } from "../commands.ts";
import { choice, h } from "../dom.ts";
import type { Section } from "../shell.ts";
import {
  data,
  filter,
  format,
  isOtherwise,
  ofMoney,
  ofMoneyAhead,
  onChange,
  revenueShown,
  select,
  tellsWhoLeft,
} from "../state.ts";
import { type Column, csvOf, download, type Table } from "../table.ts";
import { type SortOrder, sortableTable, sortedRows } from "./sortable.ts";

/** Who is in the segments, by name: few of each, as the run has them. */
export function customersSection(): Section {
  return {
    id: "customers",
    name: "Customers",
    lead: data.display.customerIds
      ? "Customers worth knowing by name. Choose a segment and a list; click a heading to sort."
      : "This page names nobody, as its settings say (display.customerIds). The command lists who is in a segment.",
    content: [
      data.display.customerIds ? customersCard() : h("div", { class: "card span-12" }, commandBox("customers")),
    ],
  };
}

const LISTS = [
  ["top", "Spent most"],
  ["in", "Newly in"],
  ["out", "Newly out"],
  ["quiet", "Quiet too long"],
] as const satisfies readonly (readonly [CustomerListName, string])[];

function customersCard(): HTMLElement {
  let list: CustomerListName = "top";
  let order: SortOrder | null = null;
  const titles = h("div", { class: "titles" });
  const body = h("div", { class: "bare" });
  const command = h("div", { class: "note" });
  const show = (): void => {
    const shown = shownList(data.customers, list, filter());
    const title = customersTitle(shown, factsOf(), format);
    titles.replaceChildren(h("h3", {}, title), h("p", { class: "subtitle" }, subtitleOf(shown)));
    const onSort = (chosen: SortOrder): void => {
      order = chosen;
      show();
      body.querySelectorAll<HTMLElement>("thead button")[chosen.column]?.focus();
    };
    const table = tableOf(shown);
    const rows = sortableTable(table, title, order ?? mostSpent(table), onSort);
    body.replaceChildren(...(shown.rows.length === 0 ? [] : [rows]));
    command.replaceChildren(commandOf(list));
    csv.hidden = shown.rows.length === 0;
  };
  const lists = choice("Which customers", LISTS, list, (chosen) => {
    list = chosen;
    order = null;
    show();
  });
  const save = (): void => {
    const table = tableOf(shownList(data.customers, list, filter()));
    const csvText = csvOf({ ...table, rows: sortedRows(table, order) });
    download(fileName(list), new Blob([csvText], { type: "text/csv;charset=utf-8" }));
  };
  const csv = h("button", { type: "button", "aria-label": "Download these customers as CSV", click: save }, "CSV");
  onChange(() => {
    order = null;
    show();
  });
  return h(
    "figure",
    { class: "card span-12", id: "customer-lists" },
    h("header", {}, titles, segmentChoice(), lists),
    body,
    h("figcaption", {}, command, h("div", { class: "tools" }, csv)),
  );
}

/** The filter of the whole page, at hand. */
function segmentChoice(): HTMLElement {
  const names = [null, ...data.summary.segments.map(({ name }) => name)];
  const choose = (): void => {
    const name = names[box.selectedIndex] ?? null;
    if (name !== filter()) select(name);
  };
  const box = h(
    "select",
    { "aria-label": "Segment", change: choose },
    ...names.map((name) => h("option", {}, name ?? "All segments")),
  );
  onChange(() => {
    box.selectedIndex = names.indexOf(filter());
  });
  return box;
}

const factsOf = () => ({
  revenue: revenueShown(),
  earlierDate: data.summary.movement == null ? null : (data.earlier?.snapshotDate ?? null),
  hasForecast: data.summary.forecast != null && data.summary.forecast.reason === null,
  isOtherwise,
});

function subtitleOf({ list, rows, of }: ShownList): string {
  if (list === "top") return "Scores of recency, frequency and money: the higher, the better";
  const listed = rows.length < of ? `Listed: the ${format.count(rows.length)} who spent most. ` : "";
  if (list === "quiet")
    return `${listed}Away for longer than nine in ten of their own waits${tellsWhoLeft() ? ", or more likely gone than not" : ""}.`;
  return isOtherwise
    ? `${listed}Settings changed since that run, so a difference may be the settings' doing.`
    : `${listed}A breakpoint that moved takes customers along who did nothing.`;
}

const score = ({ scores }: ListedCustomer): string | null =>
  scores === null ? null : scores.map((one) => format.count(one)).join("-");

/** A column of a list, with its value of a customer. */
type Field = readonly [Column, (row: ListedCustomer) => string | number | null];

const SPENT = ofMoney("spent");
/** The lists are made in this order. */
const mostSpent = ({ columns }: Table): SortOrder => ({
  column: columns.findIndex(({ name }) => name === SPENT),
  isDescending: true,
});

function tableOf({ list, segment, rows }: ShownList): Table {
  const fields: readonly Field[] = [
    [{ name: "customer" }, (row) => row.customer_id],
    ...(segment === null ? [[{ name: "segment" }, (row: ListedCustomer) => row.segment] as const] : []),
    ...WHENCE[list],
    [{ name: SPENT, show: format.money }, (row) => row.monetary],
    [{ name: frequencyUnit(data.summary.policy, 2), show: format.count }, (row) => row.frequency],
    [{ name: "days since last purchase", show: format.count }, (row) => row.recencyDays],
    [{ name: "scores R-F-M" }, score],
    ...OUTLOOK[list],
  ];
  return { columns: fields.map(([column]) => column), rows: rows.map((row) => fields.map(([, of]) => of(row))) };
}

const why = ({ isThresholdOnly, list, otherSegment }: ListedCustomer): string =>
  isThresholdOnly
    ? "the breakpoints moved"
    : otherSegment !== null
      ? otherReason(isOtherwise).toLowerCase()
      : list === "in"
        ? isOtherwise
          ? "not in that run"
          : "new customer"
        : isOtherwise
          ? "not in this run"
          : "not in this run any more";

const WHY: Field = [{ name: "why" }, why];
const other = (name: string): Field => [{ name }, (row) => row.otherSegment];
const WHENCE: Readonly<Record<CustomerListName, readonly Field[]>> = {
  ...{ top: [], quiet: [] },
  in: [other("came from"), WHY],
  out: [other("went to"), WHY],
};
const ALIVE: Field = [{ name: "likely still a customer", show: format.share }, (row) => row.aliveProbability];
const EXPECTED: readonly Field[] = [
  ...(tellsWhoLeft() ? [ALIVE] : []),
  [{ name: ofMoneyAhead(`expected in ${format.count(90)} days`), show: format.money }, (row) => row.expectedValue90d],
];
const LATE: Field = [{ name: "late by own rhythm" }, (row) => (row.isLate ? "yes" : "no")];
const OUTLOOK: Readonly<Record<CustomerListName, readonly Field[]>> = {
  ...{ in: [], out: [] },
  top: EXPECTED,
  quiet: [LATE, ...EXPECTED],
};

/** The same customers, all of them, from the command line. */
function commandOf(list: CustomerListName): HTMLElement {
  const segment = filter() === null ? [] : ["--segment", filter() as string];
  return commandBox("customers", ...segment, "--sort", list === "quiet" ? "quiet" : "monetary");
}

const fileName = (list: CustomerListName): string =>
  `customers-${list}${filter() === null ? "" : `-${(filter() as string).toLowerCase().replace(/[^a-z0-9]+/g, "-")}`}.csv`;
