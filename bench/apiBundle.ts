import { mkdtempSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";

/** CommonJS dependencies of an ES module bundle ask for `require`. */
const BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/** Messages in fifty languages are half of zod; ours are English. */
export const englishOnly: Plugin = {
  name: "english-only",
  setup({ onLoad }) {
    onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: 'export { default as en } from "./en.js";',
    }));
  },
};

/** Bundles the Lambda function of the API as the deployment does. */
export async function bundleApi(plugins: Plugin[] = []): Promise<{ path: string; bytes: number }> {
  const path = join(mkdtempSync(join(tmpdir(), "rfm-bundle-")), "index.mjs");
  await build({
    absWorkingDir: fileURLToPath(new URL("../", import.meta.url)),
    entryPoints: ["lambdas/api.ts"],
    outfile: path,
    bundle: true,
    platform: "node",
    target: "node24",
    format: "esm",
    mainFields: ["module", "main"],
    minify: true,
    keepNames: true,
    legalComments: "none",
    banner: { js: BANNER },
    plugins,
    logLevel: "error",
  });
  return { path, bytes: statSync(path).size };
}
