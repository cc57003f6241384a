import { createHash, timingSafeEqual } from "node:crypto";
import { ProblemError } from "./problems.ts";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/**
 * Lets a request with the token pass, and any where none is set. Compares digests: their time tells nothing.
 * @throws ProblemError 401.
 */
export function checkBearer(token: string | undefined, authorization: string | undefined): void {
  if (token === undefined) return;
  const [, given] = /^Bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
  if (given !== undefined && timingSafeEqual(digest(given), digest(token))) return;
  throw new ProblemError(401, "UNAUTHORISED", "A bearer token is needed: Authorization: Bearer …", {
    headers: { "www-authenticate": 'Bearer realm="rfm"' },
  });
}
