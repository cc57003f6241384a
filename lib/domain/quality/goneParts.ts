import type { Finding } from "./quality.ts";

/** A live source of a folder that is not in the folder any more. */
export interface GonePart {
  readonly source: string;
  readonly rows: number;
}

/** Named one by one up to here. */
const MAX_NAMED = 5;

/** One finding per folder of which parts are gone: what takes rows out of the history is said. */
export function judgeGoneParts(parts: readonly GonePart[]): Finding[] {
  const byFolder = Map.groupBy(parts, ({ source }) => source.slice(0, source.indexOf("/")));
  return [...byFolder].map(([folder, gone]) => {
    const rows = gone.reduce((sum, part) => sum + part.rows, 0);
    const isOne = gone.length === 1;
    const said = `${gone.length} part${isOne ? "" : "s"} of ${folder} ${isOne ? "is" : "are"} gone from the folder`;
    const names = gone.slice(0, MAX_NAMED).map(({ source }) => source.slice(folder.length + 1));
    const more = gone.length > MAX_NAMED ? ` and ${gone.length - MAX_NAMED} more` : "";
    return {
      level: "warn",
      message: `${said}: ${isOne ? "its" : "their"} ${rows} rows no longer count (${names.join(", ")}${more}).`,
    };
  });
}
