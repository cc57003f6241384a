import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";

/** The source whose bundle needs what `copyDashboardAssets` brings. */
export const DASHBOARD_SOURCE = "lib/report/render.ts";

/** Where each file is taken from, and where the bundle looks for it. */
const COPIED: Readonly<Record<string, string>> = {
  "lib/report/page/style.css": "lib/report/page/style.css",
  "node_modules/echarts/dist/echarts.min.js": "lib/report/page/echarts.min.js",
};

/**
 * What the dashboard is made from, beside the bundle: the charting library, the style, and the page's script ready-made,
 * for the runtime of a function need not know TypeScript.
 */
export async function copyDashboardAssets(root: string, directory: string): Promise<void> {
  for (const [from, to] of Object.entries(COPIED)) {
    mkdirSync(join(directory, dirname(to)), { recursive: true });
    cpSync(join(root, from), join(directory, to));
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
