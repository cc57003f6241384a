import { z } from "@hono/zod-openapi";
import { modelCardSchema } from "../domain/model/modelCard.ts";
import { CUSTOMER_ORDER_NAMES } from "../tables/customerOrders.ts";
import { customerIdSchema, invocationSchema, LIMITS, predictionsSchema } from "./schemas.ts";
import {
  batchGetAnswerSchema,
  batchGetSchema,
  customerHistorySchema,
  customerListSchema,
  modelsSchema,
  pageSchema,
  pingSchema,
  runsSchema,
  scoreJobRequestSchema,
  scoreJobSchema,
  scoreJobsSchema,
  segmentsSchema,
} from "./segments/lakeSchemas.ts";

/** What an operation takes and answers; the document and the router are both made of this table. */
export interface Operation {
  readonly method: "get" | "post";
  /** In OpenAPI's notation: `/customers/{id}`. */
  readonly path: string;
  readonly summary: string;
  readonly description?: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: Readonly<Record<string, z.ZodType>>;
  readonly answer: { readonly status: 200 | 202; readonly content: Readonly<Record<string, z.ZodType>> };
  /** Statuses of the problem documents that it may answer with beside those of every operation. */
  readonly problems: readonly number[];
  readonly isOpen?: boolean;
}

const json = (schema: z.ZodType) => ({ status: 200 as const, content: { "application/json": schema } });
const rows = z.string().openapi({ description: "A line per instance." });
const BODY_PROBLEMS = [400, 413, 415] as const;

const limitOf = (what: string, usual: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/, "must be a whole number")
    .transform(Number)
    .pipe(z.int().min(1).max(LIMITS.pageSize))
    .optional()
    .openapi({ type: "integer", minimum: 1, maximum: LIMITS.pageSize, description: `${what}; default ${usual}.` });

export const customersQuery = z.strictObject({
  segment: z.string().min(1).max(100).optional().openapi({ description: "Only customers of this segment." }),
  search: z
    .string()
    .min(1)
    .max(500)
    .optional()
    .openapi({ description: "Only ids that contain this text, its letters from A to Z in either case." }),
  sort: z.enum(CUSTOMER_ORDER_NAMES).optional().openapi({
    description:
      "The first of it first; default monetary. quiet: longest without a purchase; distance: least like their cluster.",
  }),
  limit: limitOf("Customers", LIMITS.defaultPageSize),
});
export const jobsQuery = z.strictObject({ limit: limitOf("Jobs", LIMITS.defaultJobs) });
export const cursorQuery = z.strictObject({
  limit: limitOf("Customers per page", LIMITS.defaultPageSize),
  cursor: z.string().min(1).max(4_000).optional(),
});
export const idParams = z.object({ id: customerIdSchema });
export const segmentParams = z.object({ name: z.string().min(1).max(100) });
export const jobParams = z.object({ id: z.string().min(1).max(100) });
export const noQuery = z.strictObject({});

export const OPERATIONS = {
  ping: {
    method: "get",
    path: "/ping",
    summary: "Whether the service runs, and with which model",
    answer: json(pingSchema),
    problems: [],
    isOpen: true,
  },
  invoke: {
    method: "post",
    path: "/invocations",
    summary: "Scores customers",
    description:
      "One instance, a list, or `instances`; CSV (recency,frequency,monetary, a customer id before them or a header) or JSON lines. An instance has R, F and M, or transactions that are aggregated by the policies of the model's run. The answer has the format of the request unless `Accept` asks for another.",
    body: {
      "application/json": invocationSchema,
      "text/csv": rows.openapi({ example: "5,12,400" }),
      "application/jsonlines": rows.openapi({ example: '{"recency":5,"frequency":12,"monetary":400}' }),
      "application/x-ndjson": rows,
    },
    answer: {
      status: 200,
      content: { "application/json": predictionsSchema, "text/csv": rows, "application/jsonlines": rows },
    },
    problems: [...BODY_PROBLEMS, 406, 409, 422],
  },
  listCustomers: {
    method: "get",
    path: "/customers",
    summary: "Customers of the current run, the first by an order",
    description: "All customers of a segment, page by page, are under /segments/{name}/customers.",
    query: customersQuery,
    answer: json(customerListSchema),
    problems: [400, 404, 409],
  },
  getCustomer: {
    method: "get",
    path: "/customers/{id}",
    summary: "A customer in the current run: figures beside the breakpoints, orders, and the runs before",
    params: idParams,
    answer: json(customerHistorySchema),
    problems: [400, 404, 409],
  },
  batchGetCustomers: {
    method: "post",
    path: "/customers:batchGet",
    summary: "Several customers of the current run",
    body: { "application/json": batchGetSchema },
    answer: json(batchGetAnswerSchema),
    problems: [...BODY_PROBLEMS, 409],
  },
  listSegments: {
    method: "get",
    path: "/segments",
    summary: "Sizes, shares and medians of the segments of the current run",
    answer: json(segmentsSchema),
    problems: [409],
  },
  listSegmentCustomers: {
    method: "get",
    path: "/segments/{name}/customers",
    summary: "The customers of a segment, page by page",
    description: "The pages of one cursor are of the run that the first page was of, whatever is published meanwhile.",
    params: segmentParams,
    query: cursorQuery,
    answer: json(pageSchema),
    problems: [400, 404, 409, 410],
  },
  getModel: {
    method: "get",
    path: "/model",
    summary: "The model card of the champion",
    answer: json(z.object(modelCardSchema.shape).openapi("ModelCard")),
    problems: [409],
  },
  listModels: {
    method: "get",
    path: "/models",
    summary: "All models of the lake, the newest first",
    answer: json(modelsSchema),
    problems: [],
  },
  listRuns: {
    method: "get",
    path: "/runs",
    summary: "The runs whose segments are kept",
    answer: json(runsSchema),
    problems: [],
  },
  startScoreJob: {
    method: "post",
    path: "/score-jobs",
    summary: "Scores an object or a prefix of any size",
    body: { "application/json": scoreJobRequestSchema },
    answer: { status: 202, content: { "application/json": scoreJobSchema } },
    problems: [...BODY_PROBLEMS, 404, 409, 422],
  },
  listScoreJobs: {
    method: "get",
    path: "/score-jobs",
    summary: "Score jobs, the newest first",
    query: jobsQuery,
    answer: json(scoreJobsSchema),
    problems: [400],
  },
  getScoreJob: {
    method: "get",
    path: "/score-jobs/{id}",
    summary: "State and progress of a score job",
    params: jobParams,
    answer: json(scoreJobSchema),
    problems: [400, 404],
  },
  getDocument: {
    method: "get",
    path: "/openapi.json",
    summary: "This document",
    answer: json(z.looseObject({ openapi: z.string() }).openapi("OpenApiDocument")),
    problems: [],
  },
} as const satisfies Record<string, Operation>;

export type OperationId = keyof typeof OPERATIONS;
