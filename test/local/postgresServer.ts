import { execFileSync } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../support/freePort.ts";

const ROOT = "/usr/lib/postgresql";

/** Folder with `initdb` and `pg_ctl` of the newest server that Debian's packages installed, if any. */
export function findServerBinaries(): string | undefined {
  if (!existsSync(ROOT)) return undefined;
  const versions = readdirSync(ROOT).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(ROOT, version, "bin")).find((path) => existsSync(join(path, "initdb")));
}

export interface TestServer {
  readonly port: number;
  /** URL of a database, as the superuser or as another user. */
  url(database: string, user?: string): string;
  stop(): void;
}

/** Starts a server in a temporary folder. PostgreSQL refuses to run as root, so root runs it as the package's `postgres` user. */
export async function startServer(binaries: string): Promise<TestServer> {
  const directory = mkdtempSync(join(tmpdir(), "pg-"));
  const isRoot = process.getuid?.() === 0;
  const run = (tool: string, ...args: string[]) => {
    const command = [join(binaries, tool), ...args];
    if (isRoot) command.unshift("runuser", "-u", "postgres", "--");
    execFileSync(command[0] as string, command.slice(1), { stdio: "ignore", cwd: directory });
  };
  if (isRoot) chownSync(directory, Number(execFileSync("id", ["-u", "postgres"], { encoding: "utf8" })), -1);
  const data = join(directory, "data");
  const port = await freePort();
  run("initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8");
  const options = `-p ${port} -k ${directory} -c listen_addresses=127.0.0.1 -c fsync=off`;
  run("pg_ctl", "-D", data, "-w", "-l", join(directory, "log"), "-o", options, "start");
  return {
    port,
    url: (database, user = "postgres") => `postgresql://${user}:s3cret-Word@127.0.0.1:${port}/${database}`,
    stop: () => {
      run("pg_ctl", "-D", data, "-m", "immediate", "stop");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
