import { z } from "@hono/zod-openapi";
import type { JsonSchema } from "aws-cdk-lib/aws-apigateway";

/**
 * What the gateway checks a JSON body with, out of the schema that the service checks it with: JSON Schema draft 4, the
 * only one that API Gateway takes (so not the published document: that is OpenAPI 3.1, of which API Gateway imports 3.0
 * at most). Patterns and formats are left to the service, whose validator is the one that says what is wrong with a
 * date; so the gateway's model is the weaker one and never refuses what the service would take.
 */
export function requestModel(schema: z.ZodType): JsonSchema {
  const { $schema, ...model } = z.toJSONSchema(schema, {
    target: "draft-04",
    io: "input",
    override: ({ jsonSchema }) => {
      for (const keyword of ["pattern", "format", "example", "examples"]) delete jsonSchema[keyword];
      // 5.0 is a whole number to the service; in draft 4 it is none.
      if (jsonSchema.type === "integer") jsonSchema.type = "number";
    },
  });
  // CDK writes `schema` as `$schema`; its type knows keywords by enums of its own.
  return { schema: $schema, ...model } as unknown as JsonSchema;
}
