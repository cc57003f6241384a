import { writeFileSync } from "node:fs";
import { configJsonSchema } from "../lib/domain/config/configFile.ts";
import { modelCardJsonSchema } from "../lib/domain/model/modelCard.ts";
import { summaryJsonSchema } from "../lib/domain/run/summary.ts";

/** Writes the published JSON schemas. Run `node scripts/schemas.ts` after changing a schema under lib/domain. */

export const SCHEMAS_DIRECTORY = new URL("../schemas/", import.meta.url);

/** File name → text of every published schema. */
export function schemaFiles(): Record<string, string> {
  const schemas = {
    "rfm.config.schema.json": configJsonSchema(),
    "model-card.schema.json": modelCardJsonSchema(),
    "summary.schema.json": summaryJsonSchema(),
  };
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(schemaFiles())) writeFileSync(new URL(name, SCHEMAS_DIRECTORY), text);
}
