import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Plugin, rolldown } from "rolldown";
import { dts } from "rolldown-plugin-dts";
import { describeDocuments } from "./documentTypes.ts";

const run = promisify(execFile);

/** Packages that users may go without, and whose types they then lack. */
const OPTIONAL = /^import .* from "apache-arrow";$/m;

export interface DeclarationRequest {
  readonly root: string;
  /** Source file of an entry → the files to write, its types being the same in each. */
  readonly entries: Readonly<Record<string, readonly string[]>>;
  /** Packages whose types users have by themselves. */
  readonly external: RegExp;
}

/**
 * Types of the package's entry points, each as one file that needs none of our others.
 * @throws Error where a type is left open.
 */
export async function writeDeclarations({ root, entries, external }: DeclarationRequest): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "rfm-types-"));
  try {
    await emitDeclarations(root, Object.keys(entries), scratch);
    await describeDocuments(scratch);
    for (const [entry, files] of Object.entries(entries)) {
      const text = await bundleTypes(join(scratch, entry.replace(/\.ts$/, ".d.ts")), external);
      for (const file of files) writeFileSync(file, text);
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the compiler says of each file, as `<scratch>/<path>.d.ts`. */
async function emitDeclarations(root: string, entries: readonly string[], scratch: string): Promise<void> {
  const project = join(scratch, "tsconfig.json");
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: scratch, rootDir: root },
    // Packages of the whole project bring the browser's names; the entry points alone do not.
    lib: ["es2024", "dom"],
    // The project's own folder: types of Node are looked for from the configuration's.
    typeRoots: [join(root, "node_modules/@types")],
  };
  const files = entries.map((entry) => join(root, entry));
  writeFileSync(project, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, include: [], files }));
  const compile = run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", project], { cwd: root });
  await compile.catch((error: { readonly stdout: string }) => {
    throw new Error(`The types cannot be emitted:\n${error.stdout}`);
  });
}

async function bundleTypes(input: string, external: RegExp): Promise<string> {
  const bundle = await rolldown({
    input,
    external: (id) => /^node:/.test(id) || external.test(id),
    plugins: [declarationsBeside, dts({ dtsInput: true, sourcemap: false })],
    onLog: (level, log) => {
      // How long it took says nothing of the types, and depends on the machine.
      if (level === "warn" && log.code !== "PLUGIN_TIMINGS") throw new Error(log.message);
    },
  });
  try {
    const { output } = await bundle.generate({ format: "esm" });
    const [chunk] = output;
    const imported = [...chunk.code.matchAll(/^import .* from "([^"]+)";$/gm)].map(([, name]) => name as string);
    const open = imported.filter((name) => !/^node:/.test(name) && !external.test(name));
    if (output.length !== 1 || open.length > 0) throw new Error(`The types of ${input} need ${open.join(", ")}`);
    return chunk.code.replace(
      OPTIONAL,
      "// @ts-ignore: an optional package; without it what needs it is of any type.\n$&",
    );
  } finally {
    await bundle.close();
  }
}

/** `./file.ts` in a declaration is the declaration of that file. */
const declarationsBeside: Plugin = {
  name: "declarations-beside",
  resolveId: {
    filter: { id: /^\..*(?<!\.d)\.ts$/ },
    handler: (id, importer) =>
      importer === undefined ? undefined : new URL(id.replace(/\.ts$/, ".d.ts"), `file://${importer}`).pathname,
  },
};
