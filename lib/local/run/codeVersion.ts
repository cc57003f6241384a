import { readFileSync } from "node:fs";

/** Version of this code as package.json has it. */
export function codeVersion(): string {
  const text = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
