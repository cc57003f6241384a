import { execFile, spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** No command of a build takes longer than this, nor waits for anybody. */
const TIMEOUT_MS = 240_000;

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

export interface Stage {
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

/** The stages of a Dockerfile, with continued lines joined. */
export function stagesOf(dockerfile: string): Stage[] {
  const lines = dockerfile
    .replaceAll(/^\s*#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n");
  const stages: { name: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === undefined || rest === undefined) continue;
    if (name === "FROM") stages.push({ name: / AS (\w+)$/.exec(rest)?.[1] ?? "", instructions: [] });
    else stages.at(-1)?.instructions.push({ name, rest });
  }
  return stages;
}

/** Instructions of a name in a stage, each what stands behind it. */
export const instructionsOf = ({ instructions }: Stage, wanted: string): string[] =>
  instructions.filter(({ name }) => name === wanted).map(({ rest }) => rest);

/** Variables that a stage sets. */
export const environmentOf = (stage: Stage): Record<string, string> =>
  Object.fromEntries(
    instructionsOf(stage, "ENV").flatMap((text) => text.split(" ").map((pair) => pair.split("=") as [string, string])),
  );

/** Why file systems cannot be built here; undefined where they can. */
export function cannotBuild(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "a root file system is entered by root on Linux";
  const entered = spawnSync("unshare", ["--mount", "--pid", "--fork", "chroot", "/", "true"], { timeout: 10_000 });
  return entered.status === 0 ? undefined : "unshare and chroot do not work here";
}

export interface BuildRequest {
  readonly stages: readonly Stage[];
  /** What the instructions copy from. */
  readonly context: string;
  /** Gets a folder for each stage. */
  readonly folder: string;
}

/** Builds each stage's root file system by its own instructions. @returns the last one's folder. */
export async function buildImage({ stages, context, folder }: BuildRequest): Promise<string> {
  let root = "";
  for (const [at, stage] of stages.entries()) {
    root = join(folder, stage.name === "" ? String(at) : stage.name);
    baseImage(root);
    let workdir = "/";
    for (const { name, rest } of stage.instructions) {
      if (name === "WORKDIR") {
        workdir = rest;
        mkdirSync(join(root, workdir), { recursive: true });
      } else if (name === "COPY") copy(rest, { root, workdir, context, folder });
      else if (name === "RUN") await runIn(root, ["/bin/sh", "-c", `cd ${workdir} && ${rest}`]);
    }
  }
  return root;
}

function copy(rest: string, place: { root: string; workdir: string; context: string; folder: string }): void {
  const [, stage, names = ""] = /^(?:--from=(\w+) )?(.*)$/.exec(rest) ?? [];
  const words = names.split(" ");
  const target = words.at(-1) as string;
  const from = stage === undefined ? place.context : join(place.folder, stage);
  const to = target.startsWith("/") ? join(place.root, target) : join(place.root, place.workdir, target);
  for (const word of words.slice(0, -1)) {
    const found = globSync(word.replace(/^\//, ""), { cwd: from });
    if (found.length === 0) throw new Error(`COPY ${rest}: ${word} is not there`);
    for (const path of found)
      cpSync(join(from, path), target.endsWith("/") ? join(to, basename(path)) : to, {
        recursive: true,
        verbatimSymlinks: true,
      });
  }
}

/** As node:24-slim: a shell, Node with npm, the user `node`; what they need of libraries. */
function baseImage(root: string): void {
  const npm = dirname(dirname(realpathSync(npmProgram())));
  for (const folder of ["dev", "etc", "proc", "tmp", "home/node", "usr/local/bin", "usr/local/lib/node_modules"])
    mkdirSync(join(root, folder), { recursive: true });
  const programs = { "/bin/sh": "/bin/sh", "/bin/rm": "/bin/rm", "/usr/bin/env": "/usr/bin/env" };
  for (const [at, from] of Object.entries({ ...programs, "/usr/local/bin/node": process.execPath })) {
    install(from, join(root, at));
    for (const library of librariesOf(from)) install(library, join(root, library));
  }
  cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true, dereference: true });
  const start = '#!/bin/sh\nexec node /usr/local/lib/node_modules/npm/bin/npm-cli.js "$@"\n';
  writeFileSync(join(root, "usr/local/bin/npm"), start, { mode: 0o755 });
  const user = "root:x:0:0::/:/bin/sh\nnode:x:1000:1000::/home/node:/bin/sh\n";
  writeFileSync(join(root, "etc/passwd"), user);
  writeFileSync(join(root, "etc/group"), "root:x:0:\nnode:x:1000:\n");
  for (const file of ["etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt"])
    if (existsSync(`/${file}`)) install(`/${file}`, join(root, file));
}

function npmProgram(): string {
  const found = spawnSync("sh", ["-c", "PATH=/usr/local/bin:/usr/bin:/bin:$PATH command -v npm"], { encoding: "utf8" });
  return found.stdout.trim();
}

function install(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(realpathSync(from), to, { recursive: true });
}

/** Shared libraries of a program, and those that DuckDB's binding needs beside Node's: the image of Node has them all. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync("ldd", [program], { encoding: "utf8", timeout: 10_000 });
  return [...stdout.matchAll(/(\/\S+\.so\S*)/g)].map(([, path]) => path as string);
}

/** Arguments of `unshare` that run a command in a root file system, with a /dev and a /proc. */
export function entering(
  root: string,
  command: readonly string[],
  { user = "", cache = "" }: { readonly user?: string; readonly cache?: string } = {},
): string[] {
  // They end with the command: its mounts are its own.
  const lent = existsSync(cache) ? ` && mount --bind "${cache}" "$0/tmp/npm"` : "";
  const mounts = `mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc"${lent}`;
  const enter = `${mounts} && exec chroot ${user === "" ? "" : `--userspec=${user} `}"$0" "$@"`;
  return ["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", enter, root, ...command];
}

/** The cache of npm that is there, so that little is fetched. */
async function runIn(root: string, command: readonly string[]): Promise<void> {
  const cache = spawnSync("npm", ["config", "get", "cache"], { encoding: "utf8", timeout: 30_000 }).stdout.trim();
  mkdirSync(join(root, "tmp/npm"), { recursive: true });
  const settings = {
    npm_config_cache: "/tmp/npm",
    npm_config_prefer_offline: "true",
    npm_config_update_notifier: "false",
  };
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin", HOME: "/tmp", ...settings, ...registry() };
  await run("unshare", entering(root, command, { cache }), { env, timeout: TIMEOUT_MS, killSignal: "SIGKILL" });
}

/** Where npm fetches from here, and by which way. */
function registry(): Record<string, string> {
  const names = /^(npm_config_registry|https?_proxy|no_proxy|node_extra_ca_certs)$/i;
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      names.test(name) && value !== undefined ? [[name, value]] : [],
    ),
  );
}

export const readStages = (file: string): Stage[] => stagesOf(readFileSync(file, "utf8"));
