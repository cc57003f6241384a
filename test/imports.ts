/** What TypeScript sources import, and which imports the architecture allows. */

export interface Imported {
  /** As written: `../ports.ts`, `node:fs`, `zod`. */
  readonly specifier: string;
  /** Path from the root where it is a file of the project: `lib/ports.ts`. */
  readonly path?: string;
}

/** Path from the root → source text. */
export type Sources = Readonly<Record<string, string>>;

const STATEMENT = /^(?:import|export)\b(?:[^"';]*?\bfrom)?\s*["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\s*\(\s*(?:["']([^"']+)["'])?/g;
const REQUIRED = /\brequire\s*\(\s*["']([^"']+)["']/g;
const BESIDE = /new URL\(\s*["'](\.[^"']+\.(?:ts|json))["']\s*,\s*import\.meta\.url/g;

/** Everything that a source imports: statically, dynamically, or as a file beside it (worker threads, JSON). */
export function importsOf(path: string, text: string): Imported[] {
  const code = withoutComments(text);
  const specifiers = [STATEMENT, DYNAMIC, REQUIRED, BESIDE].flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => match[1] ?? "(computed)"),
  );
  return specifiers.map((specifier) =>
    specifier.startsWith(".") ? { specifier, path: resolvePath(path, specifier) } : { specifier },
  );
}

function resolvePath(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** Comments cut out; text between quotes stays, so that "//" in a URL begins none. */
export function withoutComments(text: string): string {
  const token =
    /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|\/\*[\s\S]*?\*\/|(?<=^|[\s;,{}()])\/\/[^\n]*/g;
  return text.replace(token, (found) => (found.startsWith("/") ? " " : found));
}

type Layer =
  | "domain"
  | "cost"
  | "tables"
  | "ports"
  | "workflow"
  | "ingest"
  | "postgres"
  | "aws"
  | "local"
  | "report"
  | "api"
  | "infra"
  | "lambdas"
  | "library"
  | "bin";

/** Layers that a layer may import beside itself. */
const ALLOWED: Readonly<Record<Layer, readonly Layer[]>> = {
  // Each table or file of rows, as one contract.
  tables: [],
  domain: ["tables"],
  // Prices and what a run costs.
  cost: ["domain", "tables"],
  ports: ["domain", "tables"],
  workflow: ["domain", "ports", "cost", "tables"],
  ingest: ["domain", "ports", "tables"],
  // What the database adapters of both sides share.
  postgres: ["domain", "ports", "tables"],
  aws: ["domain", "ports", "tables", "cost", "workflow", "postgres", "api"],
  report: ["domain", "tables", "ports"],
  // The HTTP service over its ports; adapters know the questions it asks.
  api: ["domain", "ports", "tables", "workflow"],
  local: ["domain", "ports", "tables", "cost", "workflow", "ingest", "report", "postgres", "api"],
  // What programs import: the commands as functions.
  library: ["domain", "ports", "tables", "workflow", "ingest", "postgres", "api", "local"],
  infra: ["domain", "tables", "cost"],
  lambdas: ["domain", "ports", "tables", "cost", "workflow", "ingest", "postgres", "aws", "report", "api"],
  bin: [
    "domain",
    "ports",
    "tables",
    "cost",
    "workflow",
    "ingest",
    "postgres",
    "aws",
    "report",
    "local",
    "library",
    "infra",
    "api",
  ],
};

/** What infra may know of the rest: names, external tables, the machines, the statements, the API's operations; never the steps. */
const NAMES_FOR_INFRA =
  /^lib\/(workflow\/(sql\/[\w.-]+|taskSteps\.ts|lake\/layout\.ts|[\w-]+\.asl\.json)|aws\/functions\/(environment|\w+Names)\.ts|api\/operations\.ts)$/;

/** Packages and built-in modules of the layers that must run anywhere; the others may use what they like. */
const OUTSIDE: Partial<Record<Layer, RegExp>> = {
  domain: /^(node:crypto|zod|fastest-levenshtein|ml-kmeans|libphonenumber-js\/min|i18n-iso-countries\/.*)$/,
  ports: /^$/,
  tables: /^$/,
  cost: /^$/,
  api: /^(hono|hono\/cors|@hono\/zod-openapi|node:crypto)$/,
  workflow: /^(zod|hyparquet|hyparquet-writer|hyparquet-compressors|node:crypto|node:zlib|node:util|node:buffer)$/,
};

/** Files of the workflow that touch the file system, and why they have to. */
const FILE_SYSTEM: Readonly<Record<string, string>> = {
  "lib/workflow/sql/render.ts": "reads the SQL files that are deployed beside it",
  "lib/workflow/mlflow/pythonCode.ts": "reads the Python file that is deployed beside it",
  "lib/workflow/lake/segmentsCsv.ts": "puts one file together from parts that do not fit into memory",
  "lib/workflow/steps/ingest.ts": "hands the reader, which wants files, a scratch directory",
};
const FILE_SYSTEM_MODULES = /^node:(fs|fs\/promises|os|path|url)$/;

export function layerOf(path: string): Layer | undefined {
  const [, layer] = /^(?:lib\/)?(\w+)(?:\/|\.ts$)/.exec(path) ?? [];
  return layer !== undefined && layer in ALLOWED ? (layer as Layer) : undefined;
}

/** Imports that the architecture forbids, a sentence each. */
export function forbiddenImports(sources: Sources): string[] {
  return Object.entries(sources).flatMap(([path, text]) => {
    const layer = layerOf(path);
    if (layer === undefined) return [`${path} belongs to no layer`];
    return importsOf(path, text).flatMap((imported) => {
      const isFine =
        imported.path === undefined ? mayUse(layer, path, imported.specifier) : mayImport(layer, imported.path);
      return isFine ? [] : [`${path} imports ${imported.path ?? imported.specifier}`];
    });
  });
}

function mayUse(layer: Layer, path: string, specifier: string): boolean {
  if (specifier === "(computed)") return false;
  if (path in FILE_SYSTEM && FILE_SYSTEM_MODULES.test(specifier)) return true;
  return OUTSIDE[layer]?.test(specifier) ?? true;
}

function mayImport(layer: Layer, target: string): boolean {
  // Facts of the package itself, like its version.
  if (target === "package.json") return layer === "local" || layer === "infra" || layer === "bin";
  // The flags with which the project is deployed, and what its construct makes is written for.
  if (target === "cdk.json") return layer === "bin" || layer === "infra";
  const targetLayer = layerOf(target);
  if (targetLayer === undefined) return false;
  if (targetLayer === layer || ALLOWED[layer].includes(targetLayer)) return true;
  return layer === "infra" && NAMES_FOR_INFRA.test(target);
}

/** Files from which everything starts: programs, functions, what the package exports, and the page in the browser. */
const ENTRY_POINTS = /^(bin\/|lambdas\/|lib\/(library|infra\/construct)\/index\.ts$|lib\/report\/page\/main\.ts$)/;

/** Files under lib/ that no entry point comes to, whatever kind of import leads there. */
export function deadFiles(sources: Sources, otherFiles: readonly string[] = []): string[] {
  const seen = new Set<string>();
  const waiting = Object.keys(sources).filter((path) => ENTRY_POINTS.test(path));
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (seen.has(path)) continue;
    seen.add(path);
    for (const imported of importsOf(path, sources[path] ?? ""))
      if (imported.path !== undefined) waiting.push(imported.path);
  }
  return [...Object.keys(sources), ...otherFiles].filter((path) => path.startsWith("lib/") && !seen.has(path));
}

/** Imports of project files that do not exist. */
export function brokenImports(sources: Sources, otherFiles: readonly string[]): string[] {
  const files = new Set([...Object.keys(sources), ...otherFiles]);
  return Object.entries(sources).flatMap(([path, text]) =>
    importsOf(path, text).flatMap((imported) =>
      imported.path === undefined || files.has(imported.path)
        ? []
        : [`${path} imports ${imported.path}, which is not there`],
    ),
  );
}
