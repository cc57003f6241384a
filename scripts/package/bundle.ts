import { readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { build, type Metafile, type Plugin } from "esbuild";
import { CDK_PEERS, INSTALLED_BESIDE, OPTIONAL_BESIDE } from "./manifest.ts";

/** Entry points that are loaded by their address or by name, and what each is called in the package. */
const ENTRIES: Readonly<Record<string, string>> = {
  index: "lib/library/index.ts",
  main: "bin/main.ts",
  shardWorker: "lib/local/run/shardWorker.ts",
  scoreJobWorker: "lib/local/serve/scoreJobWorker.ts",
  pgliteWorker: "lib/local/postgres/pgliteWorker.ts",
};

/** CommonJS dependencies in an ES module ask for `require`. */
const BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/** Bundles the program into `<outDirectory>/js`, what several entry points or commands share in files of its own. */
export async function bundleProgram(root: string, outDirectory: string): Promise<Metafile> {
  const shared = {
    absWorkingDir: root,
    outdir: join(outDirectory, "js"),
    format: "esm",
    platform: "node",
    target: "node22.15",
    logLevel: "error",
  } as const;
  await build({ ...shared, entryPoints: { rfm: "bin/installed.ts" }, bundle: true, plugins: [mainBeside] });
  const { metafile } = await build({
    ...shared,
    entryPoints: ENTRIES,
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    mainFields: ["module", "main"],
    external: [...INSTALLED_BESIDE, ...OPTIONAL_BESIDE, "pg-native"],
    // Errors are known by the names of their classes, in the state machine and to users.
    keepNames: true,
    legalComments: "none",
    banner: { js: BANNER },
    plugins: [addresses(root), withoutLambdaClient],
    metafile: true,
  });
  return metafile;
}

/** Entry points for AWS, each as one file. A CDK app may be CommonJS; the app of the package is not. */
const CDK_ENTRIES = [
  { entry: "lib/infra/construct/index.ts", file: "index.mjs", format: "esm" },
  { entry: "lib/infra/construct/index.ts", file: "index.cjs", format: "cjs" },
  { entry: "bin/packagedApp.ts", file: "app.mjs", format: "esm" },
] as const;

/** Bundles the construct and the CDK app into `<outDirectory>/cdk`. */
export async function bundleConstruct(root: string, outDirectory: string): Promise<Metafile[]> {
  const builds = CDK_ENTRIES.map(({ entry, file, format }) =>
    build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile: join(outDirectory, "cdk", file),
      bundle: true,
      format,
      platform: "node",
      target: "node22.15",
      mainFields: ["module", "main"],
      external: CDK_PEERS.flatMap((name) => [name, `${name}/*`]),
      keepNames: true,
      legalComments: "none",
      ...(format === "esm" ? { banner: { js: BANNER } } : {}),
      plugins: [addresses(root, format === "cjs" ? 'require("node:url").pathToFileURL(__filename).href' : undefined)],
      metafile: true,
      logLevel: "error",
    }),
  );
  return (await Promise.all(builds)).map(({ metafile }) => metafile);
}

/** The start finds the program beside it. */
const mainBeside: Plugin = {
  name: "main-beside",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\/main\.ts$/ }, () => ({ path: "./main.js", external: true }));
  },
};

/**
 * Files of ours that are read at run time lie in the package as in the project, one folder above the bundle; threads
 * are started from entry points beside it.
 * @param here what the address of the bundle is called in it.
 */
function addresses(root: string, here = "import.meta.url"): Plugin {
  return {
    name: "addresses",
    setup({ onLoad }) {
      onLoad({ filter: /[\\/](lib|bin)[\\/].*\.ts$/ }, async ({ path }) => {
        const place = relative(root, path).split(sep).join("/");
        if (place.includes("node_modules/")) return undefined;
        const text = (await readFile(path, "utf8")).replaceAll(
          /new URL\("\.\/(\w+Worker)\.ts", import\.meta\.url\)/g,
          'new URL("./$1.js", __here)',
        );
        const contents = text
          .replaceAll("import.meta.url", `new URL(${JSON.stringify(`../${place}`)}, __here).href`)
          .replaceAll("__here", here);
        return { contents, loader: "ts" };
      });
    },
  };
}

/**
 * The interpreter of state machines can call functions on AWS; ours are all handed over, so the client is never made.
 */
const withoutLambdaClient: Plugin = {
  name: "without-lambda-client",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@aws-sdk\/(client-lambda|credential-providers)$/ }, ({ path }) => ({
      path,
      namespace: "absent",
    }));
    onLoad({ filter: /.*/, namespace: "absent" }, () => ({
      contents:
        'const absent = () => { throw new Error("Functions on AWS are not called from here."); };' +
        "export class LambdaClient { send() { absent(); } } export class InvokeCommand {} export const fromCognitoIdentityPool = absent;",
      loader: "js",
    }));
  },
};
