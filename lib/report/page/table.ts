import { csvField } from "../../domain/text/csv.ts";
import { type Child, h } from "./dom.ts";

/** The numbers of a chart: shown as a table, and written as CSV. */
export interface Table {
  readonly columns: readonly Column[];
  /** Raw values; the CSV has them as they are. */
  readonly rows: readonly (readonly (string | number | null)[])[];
}

export interface Column {
  readonly name: string;
  /** How a number is shown. */
  readonly show?: (value: number) => string;
  /** How a text is shown, such as an ISO date; without it, as it is. */
  readonly word?: (text: string) => string;
}

export function renderTable({ columns, rows }: Table, caption: string): HTMLElement {
  const head = columns.map(({ name, show }) =>
    h("th", { scope: "col", class: show === undefined ? "" : "number" }, name),
  );
  const body = rows.map((row) =>
    h(
      "tr",
      {},
      ...row.map((cell, i) => h(i === 0 ? "th" : "td", attributesOf(i, columns[i]), ...textOf(cell, columns[i]))),
    ),
  );
  return h(
    "div",
    { class: "table-scroll", tabindex: "0", role: "region", "aria-label": caption },
    h(
      "table",
      { class: "cards" },
      h("caption", {}, caption),
      h("thead", {}, h("tr", {}, ...head)),
      h("tbody", {}, ...body),
    ),
  );
}

const attributesOf = (index: number, column: Column | undefined) => ({
  "data-name": column?.name,
  ...(index === 0 ? { scope: "row" } : {}),
  ...(column?.show === undefined ? {} : { class: "number" }),
});

function textOf(cell: string | number | null, column: Column | undefined): Child[] {
  if (cell === null) return ["–"];
  if (typeof cell === "number") return [column?.show?.(cell) ?? String(cell)];
  return [column?.word?.(cell) ?? cell];
}

/** RFC 4180, with the byte order mark that spreadsheets need; text that a spreadsheet would run gets an apostrophe. */
export function csvOf({ columns, rows }: Table): string {
  const field = (cell: string | number | null): string => {
    if (cell === null) return "";
    const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
    return csvField(text);
  };
  return `\uFEFF${[columns.map(({ name }) => name), ...rows].map((row) => row.map(field).join(",")).join("\r\n")}\r\n`;
}

/** Hands the reader a file. */
export function download(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}
