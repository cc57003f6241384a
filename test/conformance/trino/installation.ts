import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The last version whose engine and lake connectors are all on Maven Central; it needs Java 24. */
export const TRINO_VERSION = "476";
const MINIMUM_JAVA = 24;
const COPY_DEPENDENCIES = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
/** Jars of an artifact without the service file that the server's own distribution adds to them. */
const PLUGINS = {
  iceberg: { artifact: "trino-iceberg", provider: "io.trino.plugin.iceberg.IcebergPlugin" },
  hive: { artifact: "trino-hive", provider: "io.trino.plugin.hive.HivePlugin" },
} as const;

/** A Trino server on this machine, or why there is none. */
export type TrinoInstallation =
  | { readonly isReady: true; readonly java: string; readonly home: string }
  | { readonly isReady: false; readonly reason: string };

/**
 * Finds Trino in the user's cache (`RFM_TRINO_HOME`, or `rfm-segmentation/trino-<version>` there), or puts it there
 * with Maven: some 720 MB, a few minutes, once.
 */
export function installTrino(): TrinoInstallation {
  const java = findJava();
  if (java === undefined) return { isReady: false, reason: `there is no Java ${MINIMUM_JAVA} or later` };
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache");
  const home = process.env.RFM_TRINO_HOME ?? join(cache, "rfm-segmentation", `trino-${TRINO_VERSION}`);
  if (existsSync(home)) return { isReady: true, java, home };
  if (spawnSync("mvn", ["--version"]).status !== 0) return { isReady: false, reason: "there is no mvn" };
  mkdirSync(dirname(home), { recursive: true });
  const staged = mkdtempSync(`${home}-`);
  try {
    const problem = download(staged, java);
    if (problem !== undefined) return { isReady: false, reason: problem };
    if (!existsSync(home)) renameSync(staged, home);
    return { isReady: true, java, home };
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

function findJava(): string | undefined {
  const installed = existsSync("/usr/lib/jvm")
    ? readdirSync("/usr/lib/jvm").map((name) => join("/usr/lib/jvm", name, "bin/java"))
    : [];
  const home = process.env.JAVA_HOME;
  const candidates = [...(home === undefined ? [] : [join(home, "bin/java")]), "java", ...installed];
  return candidates.find((java) => majorVersion(java) >= MINIMUM_JAVA);
}

function majorVersion(java: string): number {
  const { stderr } = spawnSync(java, ["-version"], { encoding: "utf8" });
  return Number(/version "(\d+)/.exec(stderr ?? "")?.[1] ?? 0);
}

/** What went wrong, if anything. */
function download(directory: string, java: string): string | undefined {
  const parts = [
    { folder: join(directory, "lib"), artifact: "trino-main" },
    ...Object.entries(PLUGINS).map(([name, plugin]) => ({ folder: join(directory, "plugin", name), ...plugin })),
  ];
  for (const part of parts) {
    mkdirSync(part.folder, { recursive: true });
    writeFileSync(join(directory, "pom.xml"), projectOf(part.artifact));
    const options = ["-q", "-B", COPY_DEPENDENCIES, "-DincludeScope=runtime", `-DoutputDirectory=${part.folder}`];
    const copied = spawnSync("mvn", options, { cwd: directory, encoding: "utf8" });
    if (copied.status !== 0) return `Maven has no ${part.artifact} ${TRINO_VERSION}: ${copied.stdout.slice(0, 300)}`;
    if ("provider" in part) addService(part.folder, part.provider, java);
  }
  return undefined;
}

function addService(folder: string, provider: string, java: string): void {
  const services = join(folder, "services/META-INF/services");
  mkdirSync(services, { recursive: true });
  writeFileSync(join(services, "io.trino.spi.Plugin"), `${provider}\n`);
  const jar = java.includes("/") ? join(dirname(java), "jar") : "jar";
  const packed = spawnSync(jar, ["cf", join(folder, "services.jar"), "-C", join(folder, "services"), "META-INF"]);
  if (packed.status !== 0) throw new Error(`${jar} cannot pack the plugin's services: ${packed.stderr}`);
  rmSync(join(folder, "services"), { recursive: true });
}

function projectOf(artifact: string): string {
  const trino = (name: string, more = "") =>
    `<dependency><groupId>io.trino</groupId><artifactId>${name}</artifactId><version>${TRINO_VERSION}</version>${more}</dependency>`;
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>rfm-segmentation</groupId><artifactId>trino-${artifact}</artifactId><version>1</version><packaging>pom</packaging>
  <dependencyManagement>
    <dependencies>${trino("trino-root", "<type>pom</type><scope>import</scope>")}</dependencies>
  </dependencyManagement>
  <dependencies>${trino(artifact)}</dependencies>
</project>
`;
}
