import { z } from "@hono/zod-openapi";
import { EncodingError } from "../domain/clustering/errors.ts";
import { SegmentationError } from "../domain/errors.ts";
import { issueWords } from "./issueWords.ts";

/** One thing that is wrong with a request, and where. */
export interface FieldFault {
  /** Path in the body, like `instances[3].recency`, or the name of a parameter. */
  readonly field: string;
  readonly message: string;
}

/** An answer other than the one that was asked for; becomes a problem document. */
export class ProblemError extends SegmentationError {
  readonly status: number;
  readonly faults: readonly FieldFault[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    detail: string,
    more: { readonly faults?: readonly FieldFault[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(code, detail);
    this.status = status;
    this.faults = more.faults ?? [];
    this.headers = more.headers ?? {};
  }
}

/** RFC 9457. `type` is a name, not an address: there is nothing to fetch. */
export const problemSchema = z
  .strictObject({
    type: z.string().openapi({ example: "urn:rfm:problem:invalid-body" }),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    correlation_id: z.string(),
    errors: z.array(z.strictObject({ field: z.string(), message: z.string() })).optional(),
  })
  .openapi("Problem");

export type Problem = z.infer<typeof problemSchema>;
export const PROBLEM_TYPE = "application/problem+json";

const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  401: "Not authorised",
  403: "Not allowed",
  404: "Not found",
  405: "Method not allowed",
  421: "Misdirected request",
  406: "Not acceptable",
  409: "Not possible yet",
  410: "Gone",
  413: "Too large",
  415: "Unsupported content",
  422: "Cannot be scored",
  500: "Internal error",
  503: "Not available now",
};

/** Codes of our own errors that are the request's fault, or the moment's. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  ENCODING_VALUE: 422,
  NO_PURCHASE: 422,
  UNKNOWN_MODEL: 404,
  UNKNOWN_SCORE_JOB: 404,
  SCORE_INPUT: 422,
  DATABASE_CONNECTION: 503,
};

/** The answer to an error. What is not ours is never quoted: it may name hosts, statements or customers. */
export function problemOf(error: unknown, correlationId: string): Problem {
  const known = error instanceof SegmentationError ? error : undefined;
  const status = known instanceof ProblemError ? known.status : (STATUS_OF_CODE[known?.code ?? ""] ?? 500);
  const faults = known === undefined ? [] : faultsOf(known);
  const isOurs = status < 500 && known !== undefined;
  return {
    type: `urn:rfm:problem:${(isOurs ? known.code : status === 503 ? "UNAVAILABLE" : "INTERNAL").toLowerCase().replaceAll("_", "-")}`,
    title: TITLES[status] ?? "Error",
    status,
    detail: isOurs
      ? known.message
      : "The request could not be answered; the log has the reason under the correlation id.",
    correlation_id: correlationId,
    ...(faults.length === 0 ? {} : { errors: [...faults] }),
  };
}

function faultsOf(error: SegmentationError): readonly FieldFault[] {
  if (error instanceof ProblemError) return error.faults;
  if (error instanceof EncodingError) return [{ field: String(error.context.feature), message: error.message }];
  return [];
}

/** Zod's issues as faults, the first few. */
export function faultsFrom(error: z.ZodError, prefix = ""): FieldFault[] {
  return error.issues
    .slice(0, 20)
    .map((issue) => ({ field: fieldName(prefix, issue.path), message: issueWords(issue).slice(0, 300) }));
}

function fieldName(prefix: string, path: readonly PropertyKey[]): string {
  const name = path.reduce<string>(
    (text, part) => (typeof part === "number" ? `${text}[${part}]` : `${text}${text === "" ? "" : "."}${String(part)}`),
    prefix,
  );
  return name === "" ? "(body)" : name.slice(0, 200);
}

/** Checks a value. @throws ProblemError 400 that names each wrong field. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, prefix = ""): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = faultsFrom(result.error, prefix);
  const [first] = faults;
  throw new ProblemError(400, "INVALID_REQUEST", `${first?.field}: ${first?.message}`, { faults });
}
