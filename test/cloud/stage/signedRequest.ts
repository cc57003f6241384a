import { spawnSync } from "node:child_process";
import type { Box } from "../box/box.ts";

/** An answer over HTTP, whole. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export interface SignedRequest {
  /** The name that the signature is made for: `execute-api`, `lambda`, `iam` … */
  readonly service: string;
  /** From the slash on. */
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Sent without a signature. */
  readonly isUnsigned?: boolean;
}

/** A request as `curl` signs it with the box's credentials. @throws Error where nobody answers. */
export function signedRequest(box: Box, request: SignedRequest): Answer {
  const { environment } = box;
  const { service, path, method = "GET", headers = {}, body, isUnsigned = false } = request;
  const signature = [
    ...["--aws-sigv4", `aws:amz:${environment.AWS_REGION}:${service}`],
    ...["--user", `${environment.AWS_ACCESS_KEY_ID}:${environment.AWS_SECRET_ACCESS_KEY}`],
  ];
  const { status, stdout, stderr } = spawnSync(
    "curl",
    [
      ...["--silent", "--show-error", "--path-as-is", "-X", method, "-w", "\n%{http_code}"],
      ...(isUnsigned ? [] : signature),
      ...Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]),
      ...(body === undefined ? [] : ["--data-binary", "@-"]),
      `${box.endpoint}${path}`,
    ],
    { encoding: "utf8", input: body ?? "", env: { ...process.env, ...environment } },
  );
  if (status !== 0) throw new Error(`curl: ${stderr}`);
  const end = stdout.lastIndexOf("\n");
  return { status: Number(stdout.slice(end + 1)), text: stdout.slice(0, end) };
}
