import { ProblemError } from "./problems.ts";

/** Names under which a service on the loopback address is called; `127.0.0.1` and its like are all this machine. */
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i;

/** Whether an address to listen on is reachable from this machine only. */
export const isLoopback = (address: string): boolean => LOOPBACK.test(address) || address === "::1";

const withoutPort = (host: string): string => host.replace(/:\d+$/, "");

function isKnown(host: string, allowed: readonly string[]): boolean {
  const name = withoutPort(host);
  return LOOPBACK.test(name) || allowed.some((each) => each.toLowerCase() === name.toLowerCase());
}

/**
 * Refuses what a page of another site makes a browser on this machine ask: one whose name was made to lead here (DNS
 * rebinding) has its own name in `Host`, any other its name in `Origin`.
 * @throws ProblemError 421 for a name that is not this machine's, 403 for a page that is not allowed.
 */
export function checkCaller(
  { host, origin }: { readonly host: string | undefined; readonly origin: string | undefined },
  hosts: readonly string[],
  origins: readonly string[],
): void {
  if (host === undefined || !isKnown(host, hosts)) {
    throw new ProblemError(
      421,
      "WRONG_HOST",
      "This service answers on this machine only, as localhost or 127.0.0.1; another name has to be allowed when it is started (--allow-host).",
    );
  }
  if (origin === undefined || origins.includes(origin) || origins.includes("*") || origin === `http://${host}`) return;
  throw new ProblemError(
    403,
    "FOREIGN_ORIGIN",
    "Pages of this origin may not call; it has to be allowed when the service is started (--allow-origin).",
  );
}
