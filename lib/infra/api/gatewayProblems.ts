import { ResponseType, type RestApi } from "aws-cdk-lib/aws-apigateway";

interface GatewayProblem {
  readonly type: ResponseType;
  readonly status: number;
  readonly code: string;
  readonly title: string;
  /** Of the gateway's own variables; default its message. */
  readonly detail?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const MESSAGE = "$context.error.messageString";
const REASON = '"$context.error.validationErrorString"';

/** What the gateway answers by itself, before the service is asked. */
const PROBLEMS: readonly GatewayProblem[] = [
  {
    type: ResponseType.BAD_REQUEST_BODY,
    status: 400,
    code: "invalid-request",
    title: "Bad request",
    detail: REASON,
  },
  { type: ResponseType.BAD_REQUEST_PARAMETERS, status: 400, code: "invalid-request", title: "Bad request" },
  { type: ResponseType.UNAUTHORIZED, status: 401, code: "unauthorised", title: "Not authorised" },
  { type: ResponseType.ACCESS_DENIED, status: 403, code: "forbidden", title: "Not allowed" },
  { type: ResponseType.EXPIRED_TOKEN, status: 403, code: "forbidden", title: "Not allowed" },
  { type: ResponseType.INVALID_SIGNATURE, status: 403, code: "forbidden", title: "Not allowed" },
  { type: ResponseType.INVALID_API_KEY, status: 403, code: "forbidden", title: "Not allowed" },
  // Unsigned requests, and paths or methods that there are not: the gateway tells no stranger which.
  { type: ResponseType.MISSING_AUTHENTICATION_TOKEN, status: 403, code: "forbidden", title: "Not allowed" },
  { type: ResponseType.WAF_FILTERED, status: 403, code: "forbidden", title: "Not allowed" },
  { type: ResponseType.REQUEST_TOO_LARGE, status: 413, code: "body-too-large", title: "Too large" },
  { type: ResponseType.UNSUPPORTED_MEDIA_TYPE, status: 415, code: "unsupported-type", title: "Unsupported content" },
  {
    type: ResponseType.THROTTLED,
    status: 429,
    code: "throttled",
    title: "Too many requests",
    headers: { "retry-after": "'1'" },
  },
  { type: ResponseType.QUOTA_EXCEEDED, status: 429, code: "quota-exceeded", title: "Too many requests" },
  { type: ResponseType.INTEGRATION_FAILURE, status: 502, code: "unavailable", title: "Not available now" },
  { type: ResponseType.INTEGRATION_TIMEOUT, status: 504, code: "unavailable", title: "Not available now" },
  { type: ResponseType.DEFAULT_4XX, status: 400, code: "invalid-request", title: "Bad request" },
  { type: ResponseType.DEFAULT_5XX, status: 500, code: "internal", title: "Internal error" },
];

/** Problem documents (RFC 9457) for what the gateway answers by itself; the service makes its own. */
export function addGatewayProblems(api: RestApi, corsOrigins: readonly string[]): void {
  // A gateway's answer cannot choose among origins; a page of the only one may read it.
  const [origin] = corsOrigins.length === 1 ? corsOrigins : [];
  for (const { type, status, code, title, detail, headers } of PROBLEMS) {
    // The defaults stand for many statuses, which they keep.
    const isDefault = type.responseType.startsWith("DEFAULT_");
    const start = `{"type":"urn:rfm:problem:${code}","title":"${title}",${isDefault ? "" : `"status":${status},`}`;
    api.addGatewayResponse(type.responseType, {
      type,
      ...(isDefault ? {} : { statusCode: String(status) }),
      responseHeaders: {
        "cache-control": "'no-store'",
        ...headers,
        ...(origin === undefined ? {} : { "access-control-allow-origin": `'${origin}'` }),
      },
      templates: { "application/json": `${start}"detail":${detail ?? MESSAGE},"correlation_id":"$context.requestId"}` },
    });
  }
}
