import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import type { ApiEvent } from "../../../lib/api/types.ts";
import { NoLakeError } from "../../../lib/local/lake/lakeQueries.ts";
import { lakeOption } from "../options.ts";

interface ServeFlags {
  readonly lake: string;
  readonly port: number;
  readonly host: string;
  readonly token?: string;
  readonly allowOrigin?: string[];
  readonly allowHost?: string[];
  readonly databaseUrl?: string;
  readonly log?: boolean;
}

/** `rfm serve`: the scoring API on this machine. */
export function serveCommand(): Command {
  return new Command("serve")
    .description("serve the scoring API: POST /invocations, customers, segments, models; /openapi.json lists all")
    .addOption(lakeOption())
    .addOption(new Option("--port <n>", "0 takes any free port").default(8080).argParser(portNumber))
    .addOption(new Option("--host <address>", "address to listen on").default("127.0.0.1").env("RFM_HOST"))
    .addOption(new Option("--token <text>", "ask for this bearer token").env("RFM_API_TOKEN"))
    .option("--allow-origin <origin...>", "let pages of these origins call (CORS)")
    .option("--allow-host <name...>", "answer under these names, too, where it listens on this machine alone")
    .option("--database-url <url>", "read customers from this PostgreSQL; without it from the lake's files")
    .option("--log", "print a line of JSON per request")
    .action(run);
}

async function run(flags: ServeFlags): Promise<void> {
  const lakeDirectory = resolve(flags.lake);
  // A folder that is still empty is served: its first run is picked up. One that is not there is most likely mistyped.
  if (!existsSync(lakeDirectory)) throw new NoLakeError(flags.lake);
  const { token, allowOrigin, allowHost, databaseUrl } = flags;
  // Other commands need not load the HTTP service.
  const { serve } = await import("../../../lib/local/serve/server.ts");
  const server = await serve({
    lakeDirectory,
    port: flags.port,
    host: flags.host,
    ...(token === undefined ? {} : { bearerToken: token }),
    ...(allowOrigin === undefined ? {} : { allowedOrigins: allowOrigin }),
    ...(allowHost === undefined ? {} : { allowedHosts: allowHost }),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
    ...(flags.log === true ? { observe: logEvent } : {}),
    onFault: (error, correlationId) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      process.stderr.write(`${JSON.stringify({ level: "error", correlation_id: correlationId, error: text })}\n`);
    },
  });
  process.stdout.write(`Serving ${flags.lake} at ${server.url} (Ctrl+C ends it).\n`);
  await new Promise<void>((done) => {
    process.once("SIGINT", () => done());
    process.once("SIGTERM", () => done());
  });
  await server.close();
}

function logEvent(event: ApiEvent): void {
  process.stdout.write(
    `${JSON.stringify({ level: "info", ...event, durationMs: Number(event.durationMs.toFixed(2)) })}\n`,
  );
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new InvalidArgumentError("It must be a port from 0 to 65535.");
  return port;
}
