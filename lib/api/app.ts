import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { checkBearer } from "./auth.ts";
import { checkCaller } from "./callerGuard.ts";
import { handlers } from "./handlers.ts";
import { openApiDocument } from "./openapi.ts";
import { OPERATIONS, type Operation, type OperationId } from "./operations.ts";
import { PROBLEM_TYPE, ProblemError, problemOf } from "./problems.ts";
import type { ApiContext, ApiEnvironment, ApiPorts, DocsViewer } from "./types.ts";

const CORRELATION_HEADER = "x-correlation-id";
/** Anything else would be copied into logs and headers. */
const CORRELATION_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** The HTTP service over its ports: the same for the local server, for Lambda and for tests. */
export function createApi(ports: ApiPorts): Hono<ApiEnvironment> {
  const app = new Hono<ApiEnvironment>();
  app.use(async (context, next) => {
    const startedAt = performance.now();
    const given = context.req.header(CORRELATION_HEADER) ?? "";
    const correlationId = CORRELATION_ID.test(given) ? given : randomUUID();
    context.set("correlationId", correlationId);
    await next();
    context.res.headers.set(CORRELATION_HEADER, correlationId);
    context.res.headers.set("cache-control", "no-store");
    context.res.headers.set("x-content-type-options", "nosniff");
    const scored = context.get("scored");
    ports.observe?.({
      operation: context.get("operation") ?? "none",
      status: context.res.status,
      durationMs: performance.now() - startedAt,
      correlationId,
      ...(scored === undefined ? {} : { scored }),
    });
  });
  const { allowedHosts, allowedOrigins = [] } = ports;
  if (allowedHosts !== undefined) {
    app.use(async ({ req }, next) => {
      checkCaller({ host: req.header("host"), origin: req.header("origin") }, allowedHosts, allowedOrigins);
      await next();
    });
  }
  if (ports.allowedOrigins !== undefined && ports.allowedOrigins.length > 0)
    app.use(cors({ origin: [...ports.allowedOrigins], exposeHeaders: [CORRELATION_HEADER] }));
  addOperations(app, ports);
  if (ports.docs !== undefined) addDocs(app, ports.docs);
  app.notFound(() => {
    throw new ProblemError(404, "NO_SUCH_PATH", "There is nothing under this path; /openapi.json lists what there is.");
  });
  app.onError((error, context) => {
    const correlationId = context.get("correlationId");
    const problem = problemOf(error, correlationId);
    if (problem.status >= 500) ports.onFault?.(error, correlationId);
    const headers = error instanceof ProblemError ? error.headers : {};
    return new Response(JSON.stringify(problem), {
      status: problem.status,
      headers: { "content-type": PROBLEM_TYPE, ...headers },
    });
  });
  return app;
}

function addOperations(app: Hono<ApiEnvironment>, ports: ApiPorts): void {
  const answers = handlers(ports);
  for (const [id, operation] of Object.entries<Operation>(OPERATIONS)) {
    app.on(operation.method.toUpperCase(), [routeOf(operation.path)], async (context) => {
      context.set("operation", id as OperationId);
      if (operation.isOpen !== true) checkBearer(ports.bearerToken, context.req.header("authorization"));
      return answers[id as OperationId](context as ApiContext);
    });
  }
  for (const path of new Set(Object.values(OPERATIONS).map((operation) => operation.path))) {
    app.all(routeOf(path), () => {
      throw new ProblemError(405, "METHOD_NOT_ALLOWED", "This path has other methods.", {
        headers: { allow: allowed(path) },
      });
    });
  }
}

/** The document as a page; it holds nothing of the lake, so that it asks for no token. */
function addDocs(app: Hono<ApiEnvironment>, docs: DocsViewer): void {
  app.get("/docs", (context) => {
    const { html, policy } = docs.page(openApiDocument());
    context.header("content-security-policy", policy);
    return context.html(html);
  });
  app.get("/docs/viewer.js", async (context) =>
    context.body(await docs.script(), 200, { "content-type": "text/javascript; charset=utf-8" }),
  );
}

/** `/customers/{id}` as Hono writes it: `/customers/:id`. */
const routeOf = (path: string): string => path.replace(/\{(\w+)\}/g, ":$1");

function allowed(path: string): string {
  const methods = Object.values(OPERATIONS)
    .filter((operation) => operation.path === path)
    .map(({ method }) => method);
  return methods.flatMap((method) => (method === "get" ? ["GET", "HEAD"] : ["POST"])).join(", ");
}
