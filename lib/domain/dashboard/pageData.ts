import { pack, unpack } from "./pack.ts";

const BEGIN = '<script type="application/json" id="data">';
const END = "</script>";

/** The element with the page's data; as JSON that ends no script element and opens no comment in one. */
export const pageDataElement = (data: unknown): string =>
  `${BEGIN}${JSON.stringify(pack(data)).replaceAll("<", "\\u003c")}${END}`;

/** Where the data of a page stand in its text; undefined where there are none. */
function rangeIn(page: string): readonly [start: number, end: number] | undefined {
  const start = page.indexOf(BEGIN) + BEGIN.length;
  const end = start < BEGIN.length ? -1 : page.indexOf(END, start);
  return end < 0 ? undefined : [start, end];
}

/** The data of a page as text; the whole page where it has none. */
export const pageDataIn = (page: string): string => page.slice(...(rangeIn(page) ?? []));

/**
 * A page with other data.
 * @param change gets the data as they were packed, and gives them back, themselves where nothing changes.
 * @returns undefined where the text is no page of ours, and the text itself where nothing changes.
 */
export function withPageData(page: string, change: (data: unknown) => unknown): string | undefined {
  const range = rangeIn(page);
  if (range === undefined) return undefined;
  let data: unknown;
  try {
    data = unpack(JSON.parse(page.slice(...range)));
  } catch {
    // Cut, or changed by hand: no page of ours any more.
    return undefined;
  }
  const changed = change(data);
  if (changed === data) return page;
  return page.slice(0, range[0] - BEGIN.length) + pageDataElement(changed) + page.slice(range[1] + END.length);
}
