import { zipOf } from "./zip.ts";

/** A cell: text, a number as the file holds it, a date and time (UTC), a truth value, or nothing. */
export type WorkbookCell = string | number | { readonly raw: string } | Date | boolean | null;

export interface WorkbookSheet {
  readonly name: string;
  /** By row of the sheet; an empty row is left out of the file, as Excel does. */
  readonly rows: readonly (readonly WorkbookCell[])[];
}

const DAY_MS = 86_400_000;
const EXCEL_EPOCH_MS = Date.UTC(1899, 11, 30);

const escapeXml = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

function columnName(index: number): string {
  const rest = Math.floor(index / 26);
  return (rest === 0 ? "" : columnName(rest - 1)) + String.fromCharCode(65 + (index % 26));
}

function cellXml(value: WorkbookCell, reference: string, strings: Map<string, number>): string {
  if (value === null) return "";
  if (value instanceof Date) {
    return `<c r="${reference}" s="1"><v>${(value.getTime() - EXCEL_EPOCH_MS) / DAY_MS}</v></c>`;
  }
  if (typeof value === "boolean") return `<c r="${reference}" t="b"><v>${value ? 1 : 0}</v></c>`;
  if (typeof value === "number") return `<c r="${reference}"><v>${value}</v></c>`;
  if (typeof value === "object") return `<c r="${reference}"><v>${value.raw}</v></c>`;
  const index = strings.get(value) ?? strings.size;
  strings.set(value, index);
  return `<c r="${reference}" t="s"><v>${index}</v></c>`;
}

function sheetXml(rows: WorkbookSheet["rows"], strings: Map<string, number>): string {
  const body = rows.flatMap((row, r) => {
    const cells = row.map((value, c) => cellXml(value, `${columnName(c)}${r + 1}`, strings)).join("");
    return cells === "" ? [] : [`<row r="${r + 1}">${cells}</row>`];
  });
  return `${HEAD}<worksheet ${MAIN}><sheetData>${body.join("")}</sheetData></worksheet>`;
}

const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/** An Excel workbook with shared strings and one style for dates with time (ECMA-376, the parts that readers need). */
export function workbookOf(sheets: readonly WorkbookSheet[]): Buffer {
  const strings = new Map<string, number>();
  const parts = sheets.map(({ rows }, i) => ({
    name: `xl/worksheets/sheet${i + 1}.xml`,
    content: sheetXml(rows, strings),
  }));
  const numbers = sheets.map((_, i) => i + 1);
  const override = (part: string, type: string) => `<Override PartName="/${part}" ContentType="${TYPE}.${type}+xml"/>`;
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`;
  return zipOf([
    {
      name: "[Content_Types].xml",
      content: `${HEAD}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${override("xl/workbook.xml", "sheet.main")}${numbers.map((n) => override(`xl/worksheets/sheet${n}.xml`, "worksheet")).join("")}${override("xl/styles.xml", "styles")}${override("xl/sharedStrings.xml", "sharedStrings")}</Types>`,
    },
    {
      name: "_rels/.rels",
      content: `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${relation("rId1", "officeDocument", "xl/workbook.xml")}</Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content: `${HEAD}<workbook ${MAIN} xmlns:r="${RELATIONS}"><sheets>${sheets.map(({ name }, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`).join("")}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `${HEAD}<Relationships xmlns="${PACKAGE}/relationships">${numbers.map((n) => relation(`rId${n}`, "worksheet", `worksheets/sheet${n}.xml`)).join("")}${relation("rIdStyles", "styles", "styles.xml")}${relation("rIdStrings", "sharedStrings", "sharedStrings.xml")}</Relationships>`,
    },
    {
      name: "xl/styles.xml",
      content: `${HEAD}<styleSheet ${MAIN}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    },
    ...parts,
    {
      name: "xl/sharedStrings.xml",
      content: `${HEAD}<sst ${MAIN}>${[...strings.keys()].map((text) => `<si><t xml:space="preserve">${escapeXml(text)}</t></si>`).join("")}</sst>`,
    },
  ]);
}
