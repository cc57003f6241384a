import { h } from "../dom.ts";
import { data } from "../state.ts";
import { renderTable, type Table } from "../table.ts";

/** By which column a table is sorted. */
export interface SortOrder {
  readonly column: number;
  readonly isDescending: boolean;
}

type Cell = Table["rows"][number][number];

/** Ids as people count: K9 before K10. */
const words = new Intl.Collator(data.display.locale, { numeric: true });

/** The rows in another order; missing values stay last, and equal ones as they were. */
export function sortedRows({ rows }: Table, order: SortOrder | null): Table["rows"] {
  if (order === null) return rows;
  const compare = (a: Cell, b: Cell): number => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    const ascending = typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b));
    return order.isDescending ? -ascending : ascending;
  };
  return [...rows].sort((a, b) => compare(a[order.column] ?? null, b[order.column] ?? null));
}

/** A table whose headings sort it: numbers the largest first, text from A on, the other way round the second time. */
export function sortableTable(
  table: Table,
  caption: string,
  order: SortOrder | null,
  onSort: (order: SortOrder) => void,
): HTMLElement {
  const element = renderTable({ ...table, rows: sortedRows(table, order) }, caption);
  element.classList.add("sortable");
  for (const [column, heading] of element.querySelectorAll("thead th").entries()) {
    const isSorted = order?.column === column;
    const isNumber = table.columns[column]?.show !== undefined;
    heading.setAttribute("aria-sort", !isSorted ? "none" : order.isDescending ? "descending" : "ascending");
    const click = (): void => onSort({ column, isDescending: isSorted ? !order.isDescending : isNumber });
    const mark = h("span", { "aria-hidden": "true" }, !isSorted ? "↕" : order.isDescending ? "↓" : "↑");
    heading.replaceChildren(h("button", { type: "button", click }, heading.textContent, mark));
  }
  return element;
}
