import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** The source whose bundle needs what `copyDashboardAssets` brings. */
export const DASHBOARD_SOURCE = "lib/report/render.ts";

const COPIED = [
  "lib/report/page/style.css",
  "node_modules/echarts/dist/echarts.min.js",
  "node_modules/echarts/package.json",
] as const;

/**
 * What the dashboard is made from, beside the bundle: the charting library, the style, and the page's script ready-made,
 * for the runtime of a function need not know TypeScript.
 */
export async function copyDashboardAssets(root: string, directory: string): Promise<void> {
  for (const path of COPIED) {
    mkdirSync(join(directory, dirname(path)), { recursive: true });
    cpSync(join(root, path), join(directory, path));
  }
  await build({
    absWorkingDir: root,
    entryPoints: ["lib/report/page/main.ts"],
    outfile: join(directory, "lib/report/page/main.js"),
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "iife",
    minify: true,
    legalComments: "none",
    logLevel: "error",
  });
}
