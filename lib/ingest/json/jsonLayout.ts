import { recogniseColumns } from "../columns/recogniseColumns.ts";
import { readSample } from "../containers/openFile.ts";
import { type JsonObject, parseJsonObject } from "./flattenJson.ts";
import { isBlankByte, type JsonLayout, type Nesting, skipValue } from "./jsonRecords.ts";

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Offset just after the first object of a sample, if it ends there. */
function endOfFirstObject(sample: Uint8Array): number | undefined {
  const start = sample.indexOf(OPEN_BRACE);
  const nesting: Nesting = { depth: 0, isInString: false, isEscaped: false };
  const end = skipValue(sample, start, sample.length, nesting);
  return nesting.depth === 0 && end > start ? end : undefined;
}

/** Offset just after the opening bracket of the first list of objects that is a member of the outermost object. */
function startOfWrappedList(sample: Uint8Array): number | undefined {
  const nesting: Nesting = { depth: 1, isInString: false, isEscaped: false };
  for (let at = sample.indexOf(OPEN_BRACE) + 1; at < sample.length; at++) {
    const isOutermost = nesting.depth === 1 && !nesting.isInString;
    if (isOutermost && sample[at] === OPEN_BRACKET) {
      let next = at + 1;
      while (isBlankByte(sample[next] ?? 0)) next++;
      if (sample[next] === OPEN_BRACE) return at + 1;
    }
    skipValue(sample, at, at + 1, nesting);
    if (nesting.depth === 0) return undefined;
  }
  return undefined;
}

/** Whether an object is itself a record, rather than the envelope of a list of them. */
function isRecord(object: JsonObject): boolean {
  const names = Object.keys(object).filter((key) => typeof object[key] !== "object");
  const { chosen, ambiguous } = recogniseColumns(names, { roles: new Set(), indexes: new Set() });
  return chosen.size + ambiguous.size >= 2;
}

/** Decides from the first bytes how records follow each other. */
export async function jsonLayoutOf(path: string): Promise<JsonLayout> {
  const sample = await readSample(path);
  const mark = sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? 3 : 0;
  const text = sample.toString("utf8", mark);
  const blanks = Buffer.byteLength(/^\s*/.exec(text)?.[0] ?? "");
  if (text.trimStart().startsWith("[")) return { kind: "values", start: mark + blanks + 1 };
  const firstLine = /^[^\n]*/.exec(text.trimStart())?.[0] ?? "";
  const end = endOfFirstObject(sample);
  const isAlone = end !== undefined && sample.subarray(end).every((byte) => byte <= 0x20);
  if (end === undefined || isAlone) {
    const object = end === undefined ? undefined : parseJsonObject(sample.toString("utf8", mark, end));
    const start = startOfWrappedList(sample);
    if (start !== undefined && (object === undefined || !isRecord(object))) return { kind: "values", start };
  }
  return parseJsonObject(firstLine) === undefined ? { kind: "values", start: mark } : { kind: "lines" };
}
