import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Folder of the project, or of the installed package: what is read at synthesis lies in both at the same place. */
export const PROJECT_ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Version of this code as package.json has it. */
export function projectVersion(root: string = PROJECT_ROOT): string {
  return (JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string }).version;
}
