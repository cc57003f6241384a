import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "../../support/freePort.ts";
import { TRINO_VERSION } from "./installation.ts";

/** A running server whose files are those of the temporary folder: `local:///x` is `<tmpdir>/x`. */
export interface TrinoServer {
  readonly url: string;
  stop(): Promise<void>;
}

const START_SECONDS = 600;
const JAVA_OPTIONS = [
  ...["-Xmx2G", "-XX:+UnlockDiagnosticVMOptions", "-Dfile.encoding=UTF-8", "-Djdk.attach.allowAttachSelf=true"],
  ...["--add-modules=jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow"],
  "--enable-native-access=ALL-UNNAMED",
  // Statements are long and their rows few: what the second compiler costs is never had back.
  ...["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"],
];
const LAUNCHER = `public class StartTrino {
  public static void main(String[] arguments) {
    new io.trino.server.Server().start(arguments[0]);
  }
}
`;

/** Lines of the catalogs' property files: `lake` has Iceberg's tables, `files` external ones; others as one likes. */
export type TrinoCatalogs = Readonly<Record<string, readonly string[]>>;

export interface TrinoOptions {
  /** In place of catalogs over the temporary folder. */
  readonly catalogs?: TrinoCatalogs;
  /** In place of a free one. */
  readonly port?: number;
  /** More options of the Java machine. */
  readonly javaOptions?: readonly string[];
}

/**
 * Starts a single node on a free loopback port. Both catalogs share one metastore and hand each other's tables over,
 * so that a statement finds Iceberg and external tables under one name, as with Glue.
 */
export async function startTrino(
  { java, home }: { java: string; home: string },
  given: TrinoOptions = {},
): Promise<TrinoServer> {
  const root = realpathSync(tmpdir());
  const directory = mkdtempSync(join(root, "rfm-trino-"));
  const port = given.port ?? (await freePort());
  mkdirSync(join(directory, "metastore"));
  configure(directory, home, port, given.catalogs ?? localCatalogs(directory, root));
  const log = join(directory, "server.log");
  const place = [`-Dconfig=${directory}/etc/config.properties`, `-Dnode.data-dir=${directory}/data`];
  const options = [...JAVA_OPTIONS, ...(given.javaOptions ?? []), ...place, "-cp", `${home}/lib/*`];
  const server = spawn("nice", [java, ...options, `${directory}/StartTrino.java`, TRINO_VERSION], {
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

/** Files of the temporary folder, in a metastore of files. */
function localCatalogs(directory: string, root: string): TrinoCatalogs {
  const files = ["fs.native-local.enabled=true", `local.location=${root}`];
  const metastore = `hive.metastore.catalog.dir=local:///${basename(directory)}/metastore`;
  return {
    lake: [
      ...["connector.name=iceberg", "iceberg.catalog.type=TESTING_FILE_METASTORE", "iceberg.hive-catalog-name=files"],
      // An erasure keeps nothing for seven days.
      ...["iceberg.expire-snapshots.min-retention=0s", "iceberg.remove-orphan-files.min-retention=0s"],
      ...files,
      metastore,
    ],
    files: ["connector.name=hive", "hive.metastore=file", ...EXTERNAL_TABLES, ...files, metastore],
  };
}

/** What the catalog of external tables needs wherever its files are. */
export const EXTERNAL_TABLES = [
  "hive.iceberg-catalog-name=lake",
  // A folder that is not there is an empty partition, as a prefix without objects is on S3.
  ...["hive.partition-projection-enabled=true", "hive.ignore-absent-partitions=true"],
  // UNLOAD is played by a table over its folder.
  ...["hive.non-managed-table-writes-enabled=true", "hive.compression-codec=SNAPPY"],
];

function configure(directory: string, home: string, port: number, catalogs: TrinoCatalogs): void {
  const server = [
    ...["node.environment=conformance", "node.bind-ip=127.0.0.1", "node.internal-address=127.0.0.1"],
    ...["coordinator=true", "node-scheduler.include-coordinator=true", "query.max-memory-per-node=1GB"],
    ...[`http-server.http.port=${port}`, `discovery.uri=http://127.0.0.1:${port}`],
    ...[`plugin.dir=${home}/plugin`, `catalog.config-dir=${directory}/etc/catalog`],
  ];
  mkdirSync(join(directory, "etc/catalog"), { recursive: true });
  writeFileSync(join(directory, "etc/config.properties"), `${server.join("\n")}\n`);
  for (const [name, lines] of Object.entries(catalogs))
    writeFileSync(join(directory, `etc/catalog/${name}.properties`), `${lines.join("\n")}\n`);
  writeFileSync(join(directory, "StartTrino.java"), LAUNCHER);
}
