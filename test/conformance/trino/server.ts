import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { TRINO_VERSION } from "./installation.ts";

/** A running server whose files are those of the temporary folder: `local:///x` is `<tmpdir>/x`. */
export interface TrinoServer {
  readonly url: string;
  stop(): Promise<void>;
}

const START_SECONDS = 180;
const JAVA_OPTIONS = [
  ...["-Xmx2G", "-XX:+UnlockDiagnosticVMOptions", "-Dfile.encoding=UTF-8", "-Djdk.attach.allowAttachSelf=true"],
  ...["--add-modules=jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow"],
  "--enable-native-access=ALL-UNNAMED",
];
const LAUNCHER = `public class StartTrino {
  public static void main(String[] arguments) {
    new io.trino.server.Server().start(arguments[0]);
  }
}
`;

/**
 * Starts a single node on a free loopback port. Both catalogs share one metastore and hand each other's tables over,
 * so that a statement finds Iceberg and external tables under one name, as with Glue.
 */
export async function startTrino({ java, home }: { java: string; home: string }): Promise<TrinoServer> {
  const root = realpathSync(tmpdir());
  const directory = mkdtempSync(join(root, "rfm-trino-"));
  const port = await freePort();
  configure(directory, home, port, root);
  const log = join(directory, "server.log");
  const options = [...JAVA_OPTIONS, `-Dconfig=${directory}/etc/config.properties`, `-Dnode.data-dir=${directory}/data`];
  const server = spawn(java, [...options, "-cp", `${home}/lib/*`, `${directory}/StartTrino.java`, TRINO_VERSION], {
    cwd: directory,
    stdio: ["ignore", openSync(log, "w"), openSync(log, "a")],
  });
  process.once("exit", () => server.kill("SIGKILL"));
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  const stop = async () => {
    server.kill("SIGKILL");
    await exited;
    rmSync(directory, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  for (let second = 0; second < START_SECONDS && server.exitCode === null; second++) {
    if (await isStarted(url)) return { url, stop };
    await delay(1000);
  }
  const lines = readFileSync(log, "utf8").split("\n");
  await stop();
  throw new Error(`Trino did not start:\n${lines.filter((line) => /\tERROR\t|Caused by|rror:/.test(line)).join("\n")}`);
}

async function isStarted(url: string): Promise<boolean> {
  try {
    const info = (await (await fetch(`${url}/v1/info`)).json()) as { starting: boolean };
    return !info.starting;
  } catch {
    return false; // Not listening yet.
  }
}

function configure(directory: string, home: string, port: number, root: string): void {
  const files: Record<string, readonly string[]> = {
    "etc/config.properties": [
      ...["node.environment=conformance", "node.bind-ip=127.0.0.1", "node.internal-address=127.0.0.1"],
      ...["coordinator=true", "node-scheduler.include-coordinator=true", "query.max-memory-per-node=1GB"],
      ...[`http-server.http.port=${port}`, `discovery.uri=http://127.0.0.1:${port}`],
      ...[`plugin.dir=${home}/plugin`, `catalog.config-dir=${directory}/etc/catalog`],
    ],
    "etc/catalog/lake.properties": [
      ...["connector.name=iceberg", "iceberg.catalog.type=TESTING_FILE_METASTORE", "iceberg.hive-catalog-name=files"],
      // An erasure keeps nothing for seven days.
      ...["iceberg.expire-snapshots.min-retention=0s", "iceberg.remove-orphan-files.min-retention=0s"],
    ],
    "etc/catalog/files.properties": [
      ...["connector.name=hive", "hive.metastore=file", "hive.iceberg-catalog-name=lake"],
      // A folder that is not there is an empty partition, as a prefix without objects is on S3.
      ...["hive.partition-projection-enabled=true", "hive.ignore-absent-partitions=true"],
      // UNLOAD is played by a table over its folder.
      ...["hive.non-managed-table-writes-enabled=true", "hive.compression-codec=SNAPPY"],
    ],
  };
  const lake = ["fs.native-local.enabled=true", `local.location=${root}`];
  const metastore = `hive.metastore.catalog.dir=local:///${basename(directory)}/metastore`;
  mkdirSync(join(directory, "etc/catalog"), { recursive: true });
  mkdirSync(join(directory, "metastore"));
  for (const [name, lines] of Object.entries(files)) {
    const all = name.startsWith("etc/catalog") ? [...lines, ...lake, metastore] : lines;
    writeFileSync(join(directory, name), `${all.join("\n")}\n`);
  }
  writeFileSync(join(directory, "StartTrino.java"), LAUNCHER);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("There is no free port.");
  return address.port;
}
