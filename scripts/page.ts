import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { PAGE_SCRIPT } from "../lib/report/render.ts";

/** Bundles the dashboard's script. Run `node scripts/page.ts` after changing anything under lib/report/page. */

/** The script as one file for browsers, as its sources have it now. */
export async function pageScript(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("main.ts", PAGE_SCRIPT))],
    bundle: true,
    write: false,
    platform: "browser",
    target: "es2022",
    format: "iife",
    minify: true,
    legalComments: "none",
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

if (import.meta.main) writeFileSync(PAGE_SCRIPT, await pageScript());
