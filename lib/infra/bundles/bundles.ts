import { cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { FUNCTION_NAMES, type FunctionName } from "../workflow/functionSpecs.ts";
import { copyDashboardAssets, DASHBOARD_SOURCE } from "./dashboardAssets.ts";
import { leanBundles, UNUSED_CREDENTIALS } from "./leanBundles.ts";
import { PROJECT_ROOT } from "./project.ts";

/** What a source file reads at run time, and what goes beside the bundle when it is in it. */
const PATHS_READ_BY: Readonly<Record<string, string>> = {
  "lib/workflow/sql/render.ts": "sql/athena",
  "lib/postgres/migrations.ts": "sql/postgres",
  "lib/workflow/mlflow/pythonCode.ts": "lib/workflow/mlflow/rfm_segmentation_model.py",
};

/** CommonJS dependencies of an ES module bundle ask for `require`. */
const BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

export interface BundleOptions {
  /** Folder that gets a folder per function. */
  readonly outDirectory: string;
  readonly names?: readonly FunctionName[];
  /**
   * The node_modules folder with DuckDB for the platform of the function that reads files; without it the folder lacks
   * it.
   */
  readonly duckdbModules?: string;
  readonly root?: string;
}

export interface FunctionBundle {
  /** A folder with `index.mjs`, which exports `handler`, and all that it reads. */
  readonly directory: string;
  /** Of the JavaScript alone. */
  readonly scriptBytes: number;
  /** Of the whole folder, unpacked; Lambda allows 250 MiB. */
  readonly totalBytes: number;
  /** Whether it loads DuckDB, which must lie in its node_modules. */
  readonly usesDuckdb: boolean;
  /** What esbuild says of it. */
  readonly metafile: Metafile;
  /** Source files in the bundle, relative to the project. */
  readonly sources: readonly string[];
}

export type FunctionBundles = Readonly<Record<FunctionName, FunctionBundle>>;

/** Bundles the Lambda functions, each into a folder of its own. Needs no network and no Docker. */
export async function bundleFunctions(options: BundleOptions): Promise<FunctionBundles> {
  const names = options.names ?? FUNCTION_NAMES;
  const bundles = await Promise.all(names.map(async (name) => [name, await bundleFunction(name, options)] as const));
  return Object.fromEntries(bundles) as unknown as FunctionBundles;
}

async function bundleFunction(name: FunctionName, options: BundleOptions): Promise<FunctionBundle> {
  const root = options.root ?? PROJECT_ROOT;
  const directory = join(options.outDirectory, name);
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [`lambdas/${name}.ts`],
    outfile: join(directory, "index.mjs"),
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    external: ["@duckdb/*", ...UNUSED_CREDENTIALS],
    minify: true,
    // The state machine retries and reports errors by the names of their classes.
    keepNames: true,
    legalComments: "none",
    banner: { js: BANNER },
    plugins: [keepAddresses(root), leanBundles],
    metafile: true,
    logLevel: "error",
  });
  const sources = Object.keys(metafile.inputs).filter((input) => !input.startsWith("node_modules/"));
  for (const [source, path] of Object.entries(PATHS_READ_BY)) {
    if (sources.includes(source)) cpSync(join(root, path), join(directory, path), { recursive: true });
  }
  if (sources.includes(DASHBOARD_SOURCE)) copyDashboardAssets(root, directory);
  const usesDuckdb = imports(metafile, "@duckdb/node-api");
  if (usesDuckdb && options.duckdbModules !== undefined)
    cpSync(options.duckdbModules, join(directory, "node_modules"), { recursive: true });
  writeFileSync(join(directory, "package.json"), `${JSON.stringify({ type: "module" })}\n`);
  return {
    directory,
    scriptBytes: statSync(join(directory, "index.mjs")).size,
    totalBytes: folderBytes(directory),
    usesDuckdb,
    metafile,
    sources,
  };
}

function imports(metafile: { outputs: Record<string, { imports: { path: string }[] }> }, module: string): boolean {
  return Object.values(metafile.outputs).some((output) => output.imports.some(({ path }) => path === module));
}

/**
 * In the bundle, `import.meta.url` of our files stays what it is in the project, seen from the function's folder: files
 * are found by the same relative paths.
 */
function keepAddresses(root: string): Plugin {
  return {
    name: "keep-addresses",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/](lib|lambdas)[\\/].*\.ts$/ }, async ({ path }) => {
        if (path.includes(`${sep}node_modules${sep}`)) return undefined;
        const text = await readFile(path, "utf8");
        const address = JSON.stringify(`./${relative(root, path).split(sep).join("/")}`);
        return {
          contents: text.replaceAll("import.meta.url", `new URL(${address}, import.meta.url).href`),
          loader: "ts",
        };
      });
    },
  };
}

/** Bytes of all files of a folder. */
export function folderBytes(directory: string): number {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
