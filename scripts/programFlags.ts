import { readFileSync } from "node:fs";

const PROGRAM = new URL("../bin/rfm.ts", import.meta.url);

/** What the program's first line gives Node on its way, for those who start it, or its parts, in another manner. */
export function programFlags(): string[] {
  const [first = ""] = readFileSync(PROGRAM, "utf8").split("\n", 1);
  const [, flags] = /^#!\/usr\/bin\/env -S node (.+)$/.exec(first) ?? [];
  if (flags === undefined) throw new Error(`${PROGRAM.pathname}: the first line gives Node no flags: ${first}`);
  return flags.split(" ");
}
