import { OpenAPIHono, z } from "@hono/zod-openapi";
import { OPERATIONS, type Operation } from "./operations.ts";
import { PROBLEM_TYPE, problemSchema } from "./problems.ts";

/** Any operation may be refused for its credentials or its query, and any may meet a fault. */
const COMMON_PROBLEMS = [400, 401, 500, 503];
const CORRELATION = {
  "x-correlation-id": z.string().openapi({ description: "The request's own where it sent one, else a new one." }),
};

/** The OpenAPI 3.1 document, out of the schemas that check requests. */
export function openApiDocument(): Record<string, unknown> {
  const app = new OpenAPIHono();
  const registry = app.openAPIRegistry;
  registry.registerComponent("securitySchemes", "bearer", { type: "http", scheme: "bearer" });
  for (const [operationId, operation] of Object.entries<Operation>(OPERATIONS))
    registry.registerPath(pathOf(operationId, operation));
  return app.getOpenAPI31Document({
    openapi: "3.1.0",
    info: {
      title: "RFM segmentation",
      version: "1",
      license: { name: "MIT", url: "https://spdx.org/licenses/MIT.html" },
      description:
        "Scores customers with the model of the lake, and shows the segments of its runs. Faults are problem documents (RFC 9457). Bodies end at 6 MB, requests at 10,000 instances.",
    },
    servers: [{ url: "/" }],
  }) as unknown as Record<string, unknown>;
}

function pathOf(
  operationId: string,
  operation: Operation,
): Parameters<OpenAPIHono["openAPIRegistry"]["registerPath"]>[0] {
  const { method, path, summary, description, params, query, body, answer, problems, isOpen } = operation;
  const problem = { content: { [PROBLEM_TYPE]: { schema: problemSchema } }, headers: z.object(CORRELATION) };
  const statuses = [...new Set([...COMMON_PROBLEMS, ...problems])].sort((a, b) => a - b);
  return {
    operationId,
    method,
    path,
    summary,
    ...(description === undefined ? {} : { description }),
    security: isOpen === true ? [] : [{ bearer: [] }, {}],
    request: {
      headers: z.object({ "x-correlation-id": z.string().optional() }),
      ...(params === undefined ? {} : { params }),
      ...(query === undefined ? {} : { query }),
      ...(body === undefined ? {} : { body: { required: true, content: contentOf(body) } }),
    },
    responses: {
      [answer.status]: {
        description: summary,
        content: contentOf(answer.content),
        headers: z.object(CORRELATION),
      },
      ...Object.fromEntries(statuses.map((status) => [status, { description: "A problem document.", ...problem }])),
    },
  };
}

function contentOf(schemas: Readonly<Record<string, z.ZodType>>): Record<string, { schema: z.ZodType }> {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]));
}
