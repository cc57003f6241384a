import { existsSync, readFileSync } from "node:fs";
import nodeModule from "node:module";
import { fileURLToPath } from "node:url";

const MAIN = new URL("./page/main.ts", import.meta.url);
/** Where a bundle brings the script ready-made; there Node need not be able to strip types. */
const BUILT = new URL("./page/main.js", import.meta.url);

/** A value import of one of our modules: its names, and where from. */
const IMPORT = /^import\s(?:\{([^}]*)\} from )?"(\.[^"]+)";$/gm;
const EXPORT = /^export (?:async )?(?:const|let|function|class) (\w+)/gm;

/**
 * The page's script: `page/main.ts` and what it imports, types stripped, each module a function of its own after those
 * it imports. No build step, and what is typed is what runs.
 */
export function pageScript(): string {
  if (existsSync(BUILT)) return readFileSync(BUILT, "utf8").trim();
  const modules = new Map<string, string>();
  collect(MAIN, modules, []);
  return `(() => {\n"use strict";\n${[...modules.values()].join("\n")}\n})();`;
}

const nameOf = (index: number): string => `module${index}`;

/** Adds the module and, before it, what it imports. Returns the name under which its exports are found. */
function collect(address: URL, modules: Map<string, string>, path: readonly string[]): string {
  const found = [...modules.keys()].indexOf(address.href);
  if (found >= 0) return nameOf(found);
  if (path.includes(address.href))
    throw new Error(`The page's modules import each other in a circle: ${path.join(" ")}`);
  const source = quietly(() => nodeModule.stripTypeScriptTypes(readFileSync(fileURLToPath(address), "utf8")));
  const text = source.replace(IMPORT, (_whole, names: string | undefined, specifier: string) => {
    const imported = collect(new URL(specifier, address), modules, [...path, address.href]);
    return names === undefined ? "" : `const {${names.replaceAll(/(\w+) as (\w+)/g, "$1: $2")}} = ${imported};`;
  });
  const exported = [...text.matchAll(EXPORT)].map(([, name]) => name);
  const name = nameOf(modules.size);
  const body = withoutComments(text.replace(/^export /gm, ""));
  modules.set(address.href, `const ${name} = (() => {\n${body}\nreturn { ${exported.join(", ")} };\n})();`);
  return name;
}

/** Comments that stand alone, and blank lines: the page is smaller by a fifth. */
function withoutComments(text: string): string {
  return text
    .replace(/^\s*\/\*\*[\s\S]*?\*\/$/gm, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/\s*\n\s*\n+/g, "\n")
    .trim();
}

/** Node warns once that stripping types is new; whoever segments customers cannot do anything about it. */
function quietly<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}
