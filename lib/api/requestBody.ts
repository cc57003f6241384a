import { ProblemError } from "./problems.ts";

const TYPES = {
  "application/json": "json",
  "text/csv": "csv",
  "application/jsonlines": "lines",
  "application/x-ndjson": "lines",
} as const;
export type BodyFormat = (typeof TYPES)[keyof typeof TYPES];

/** Content types of the answer in each format. */
export const TYPE_OF_FORMAT: Readonly<Record<BodyFormat, string>> = {
  json: "application/json",
  csv: "text/csv; charset=utf-8",
  lines: "application/jsonlines",
};

const formatOf = (type: string): BodyFormat | undefined =>
  Object.hasOwn(TYPES, type) ? TYPES[type as keyof typeof TYPES] : undefined;

/** Format of a request's body. @throws ProblemError 415. */
export function bodyFormat(headers: Headers, allowed: readonly BodyFormat[]): BodyFormat {
  const encoding = headers.get("content-encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity")
    throw new ProblemError(415, "UNSUPPORTED_ENCODING", "Bodies are taken uncompressed only.", {
      headers: { "accept-encoding": "identity" },
    });
  const [type = "", ...parameters] = (headers.get("content-type") ?? "")
    .toLowerCase()
    .split(";")
    .map((part) => part.trim());
  const charset = parameters
    .find((parameter) => parameter.startsWith("charset="))
    ?.slice(8)
    .replaceAll('"', "");
  const format = formatOf(type);
  const isUtf8 = charset === undefined || charset === "utf-8" || charset === "utf8";
  if (format !== undefined && allowed.includes(format) && isUtf8) return format;
  const names = Object.keys(TYPES).filter((name) => allowed.includes(formatOf(name) as BodyFormat));
  throw new ProblemError(415, "UNSUPPORTED_TYPE", `The content type must be ${names.join(" or ")}, in UTF-8.`);
}

/** Format of the answer: the first acceptable one, or that of the request. @throws ProblemError 406. */
export function answerFormat(accept: string | null, request: BodyFormat): BodyFormat {
  const wanted = (accept ?? "*/*")
    .toLowerCase()
    .split(",")
    .map((part) => (part.split(";")[0] ?? "").trim());
  for (const type of wanted) {
    if (type === "*/*" || type === "") return request;
    if (type === "application/*") return request === "csv" ? "json" : request;
    if (type === "text/*") return "csv";
    const format = formatOf(type);
    if (format !== undefined) return format;
  }
  throw new ProblemError(406, "NOT_ACCEPTABLE", `Answers come as ${Object.keys(TYPES).join(", ")}.`);
}

/**
 * The body as text, never more than `maxBytes` of it in memory.
 * @throws ProblemError 413, 400 for bytes that are not UTF-8.
 */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const tooLarge = () =>
    // The rest of the body is not read, so the connection cannot be used again.
    new ProblemError(413, "BODY_TOO_LARGE", `The body is larger than ${maxBytes} bytes.`, {
      headers: { connection: "close" },
    });
  const declaredBytes = Number(request.headers.get("content-length") ?? Number.NaN);
  if (declaredBytes > maxBytes) throw tooLarge();
  // A body of declared length comes in one piece, without a stream of its own; HTTP holds it to what it declares.
  const bytes = declaredBytes <= maxBytes ? await request.arrayBuffer() : await readAtMost(request, maxBytes);
  if (bytes === undefined || bytes.byteLength > maxBytes) throw tooLarge();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new ProblemError(400, "INVALID_TEXT", "The body is no UTF-8 text.");
  }
}

/** Undefined where there is more. */
async function readAtMost(request: Request, maxBytes: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (request.body !== null) {
    for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) return undefined;
      chunks.push(chunk);
    }
  }
  return Buffer.concat(chunks);
}

/** @throws ProblemError 400 that tells where the text stops being JSON, without quoting it. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const position = /position (\d+)/.exec((error as Error).message)?.[1];
    const place = position === undefined ? "" : ` at character ${position}`;
    throw new ProblemError(
      400,
      "INVALID_JSON",
      `${where} is not valid JSON${place} (NaN and Infinity are not allowed).`,
    );
  }
}
