import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile, type JSONSchema } from "json-schema-to-typescript";
import { z } from "zod";
import { predictionSchema, rfmSchema, transactionsSchema } from "../../lib/api/schemas.ts";
import { configJsonSchema } from "../../lib/domain/config/configFile.ts";
import { forecastSchema } from "../../lib/domain/forecast/forecast.ts";
import { modelCardSchema } from "../../lib/domain/model/modelCard.ts";
import { backtestSchema } from "../../lib/domain/run/backtest.ts";
import { summarySchema } from "../../lib/domain/run/summary.ts";

/**
 * What is described by a schema of zod, whose types users do not have: declarations of the same name made from the JSON
 * schema.
 */
const DOCUMENTS: Readonly<Record<string, Readonly<Record<string, object>>>> = {
  "lib/api/schemas.d.ts": {
    Instance: z.toJSONSchema(z.union([rfmSchema, transactionsSchema])),
    Prediction: z.toJSONSchema(predictionSchema),
  },
  "lib/domain/config/config.d.ts": { ConfigInput: configJsonSchema() },
  "lib/domain/forecast/forecast.d.ts": { Forecast: z.toJSONSchema(forecastSchema) },
  "lib/domain/model/modelCard.d.ts": { ModelCard: z.toJSONSchema(modelCardSchema) },
  "lib/domain/run/backtest.d.ts": { Backtest: z.toJSONSchema(backtestSchema) },
  "lib/domain/run/summary.d.ts": { Summary: z.toJSONSchema(summarySchema) },
};

/**
 * Writes the declarations of the documents in the place of those that need zod.
 * @param folder what the compiler emitted.
 */
export async function describeDocuments(folder: string): Promise<void> {
  for (const [place, types] of Object.entries(DOCUMENTS)) {
    let text = readFileSync(join(folder, place), "utf8");
    for (const [name, schema] of Object.entries(types)) {
      const declaration = new RegExp(`^export type ${name} = [^;]*;$`, "m");
      if (!declaration.test(text)) throw new Error(`${place} declares no type ${name}.`);
      const described = await interfaceOf(name, schema);
      text = text.replace(declaration, () => described);
    }
    writeFileSync(join(folder, place), text);
  }
}

/** An interface by its name; what is a part of it stands in it. */
async function interfaceOf(name: string, schema: object): Promise<string> {
  const { title: _named, $id: _address, ...described } = schema as Record<string, unknown>;
  return compile(described as JSONSchema, name, {
    bannerComment: "",
    format: false,
    additionalProperties: false,
    // Lists of up to six, written out, say nothing to a reader.
    ignoreMinAndMaxItems: true,
  });
}
