import { writeFileSync } from "node:fs";
import { openApiDocument } from "../lib/api/openapi.ts";

/** Writes the OpenAPI document. Run `node scripts/openapi.ts` after changing what the API takes or answers. */

export const OPENAPI_FILE = new URL("../docs/openapi.json", import.meta.url);

/** Text of the published document. */
export function openApiText(): string {
  return `${JSON.stringify(openApiDocument(), null, 2)}\n`;
}

if (import.meta.main) writeFileSync(OPENAPI_FILE, openApiText());
