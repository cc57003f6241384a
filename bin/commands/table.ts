import Table from "cli-table3";
import { laid, owned, style, visible } from "../terminal.ts";

type Align = "left" | "right";

const NO_LINES = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "  ",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/** A table without lines: columns aligned, two spaces between. */
export function plainTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  aligns: readonly Align[] = [],
): string {
  const table = new Table({
    head: head.map((title) => laid(style.dim(inLine(title)))),
    colAligns: [...aligns],
    chars: NO_LINES,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  for (const row of rows) table.push(row.map((cell) => laid(inLine(cell))));
  return owned(table.toString());
}

/** A cell is one line. */
const inLine = (cell: string): string => visible(cell).replaceAll("\n", "\\n").replaceAll("\t", "\\t");
