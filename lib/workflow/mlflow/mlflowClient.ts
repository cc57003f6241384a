import { SegmentationError } from "../../domain/errors.ts";

/** An MLflow server, and the one name of its experiment and of its registered model. */
export interface MlflowServer {
  /** http or https; what may stand before `/api/2.0/mlflow`. */
  readonly trackingUri: string;
  readonly name: string;
  /** Bearer token; or user and password. */
  readonly token?: string;
  readonly user?: string;
  readonly password?: string;
}

export const DEFAULT_MLFLOW_NAME = "rfm-segmentation";

/** The MLflow server could not be reached, or refused. What the run published stands. */
export class MlflowError extends SegmentationError {
  constructor(trackingUri: string, reason: string, context: Record<string, unknown> = {}, options?: ErrorOptions) {
    super("MLFLOW", `MLflow at ${withoutPassword(trackingUri)}: ${reason}`, context, options);
  }
}

/** One call of a server's REST API. */
export interface MlflowClient {
  /** @returns the answer, or undefined where the server says that there is no such thing. @throws MlflowError. */
  get<T>(path: string, query: Readonly<Record<string, string>>): Promise<T | undefined>;
  /** @throws MlflowError. */
  send<T>(method: "POST" | "DELETE" | "PATCH", path: string, body: object): Promise<T>;
  /** Stores a file below a run's artifacts. @throws MlflowError where the server does not store artifacts itself. */
  upload(artifactUri: string, name: string, body: Uint8Array | string): Promise<void>;
}

/** A call that takes longer is given up. */
const TIMEOUT_MS = 15_000;

/** @throws MlflowError for an address that is not of a server. */
export function mlflowClient(server: MlflowServer): MlflowClient {
  const { trackingUri } = server;
  const base = baseOf(trackingUri);
  const headers = { "content-type": "application/json", ...authorization(server) };
  const call = async (path: string, init: RequestInit): Promise<Response> => {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    return fetch(`${base}${path}`, { ...init, headers, signal }).catch((error: unknown) => {
      throw new MlflowError(trackingUri, `it cannot be reached (${causeOf(error)}).`, { path }, { cause: error });
    });
  };
  const refused = async (response: Response, path: string): Promise<never> => {
    const text = (await response.text()).slice(0, 500);
    throw new MlflowError(trackingUri, `it refused ${path} with ${response.status}: ${messageOf(text)}`, {
      path,
      status: response.status,
    });
  };
  return {
    get: async <T>(path: string, query: Readonly<Record<string, string>>) => {
      const response = await call(`/api/2.0/mlflow/${path}?${new URLSearchParams(query)}`, { method: "GET" });
      if (response.status === 404) return undefined;
      if (!response.ok) return refused(response, path);
      return (await response.json()) as T;
    },
    send: async <T>(method: string, path: string, body: object) => {
      const response = await call(`/api/2.0/mlflow/${path}`, { method, body: JSON.stringify(body) });
      if (!response.ok) return refused(response, path);
      return (await response.json()) as T;
    },
    upload: async (artifactUri, name, body) => {
      const [, folder] = /^mlflow-artifacts:(?:\/\/[^/]*)?\/(.*)$/.exec(artifactUri) ?? [];
      if (folder === undefined) {
        const reason = `it leaves files to its clients (${artifactUri}); start it with --serve-artifacts and --artifacts-destination.`;
        throw new MlflowError(trackingUri, reason, { artifactUri });
      }
      const path = `/api/2.0/mlflow-artifacts/artifacts/${encodeURI(`${folder}/${name}`)}`;
      const response = await call(path, { method: "PUT", body: body as BodyInit });
      if (!response.ok) await refused(response, path);
    },
  };
}

function baseOf(trackingUri: string): string {
  const url = URL.parse(trackingUri);
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new MlflowError(
      trackingUri,
      "only servers are written to, at an address that begins with http:// or https://.",
    );
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function authorization({ trackingUri, token, user, password }: MlflowServer): Record<string, string> {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  const { username, password: secret } = new URL(trackingUri);
  const name = user ?? decodeURIComponent(username);
  if (name === "") return {};
  const pair = `${name}:${password ?? decodeURIComponent(secret)}`;
  return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

function withoutPassword(uri: string): string {
  const url = URL.parse(uri);
  if (url === null) return uri;
  return url.password === "" ? uri : `${url.origin}${url.pathname}`;
}

/** fetch says "fetch failed", and why in what caused it. */
function causeOf(error: unknown): string {
  const { cause, message, name } = error as Error & {
    readonly cause?: { readonly code?: string; readonly message?: string };
  };
  if (name === "TimeoutError") return `no answer in ${TIMEOUT_MS / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}

function messageOf(text: string): string {
  try {
    const { message, error_code: code } = JSON.parse(text) as { message?: string; error_code?: string };
    return message ?? code ?? text;
  } catch {
    // A proxy's page, or nothing.
    return text.trim() === "" ? "no reason given." : text;
  }
}
