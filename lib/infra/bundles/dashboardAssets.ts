import { cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";

/** The source whose bundle needs what `copyDashboardAssets` brings. */
export const DASHBOARD_SOURCE = "lib/report/render.ts";

/** Where each file is taken from, and where the bundle looks for it. */
const COPIED: Readonly<Record<string, string>> = {
  "lib/report/page/style.css": "lib/report/page/style.css",
  "lib/report/page/main.js": "lib/report/page/main.js",
  "node_modules/echarts/dist/echarts.min.js": "lib/report/page/echarts.min.js",
};

/** What the dashboard is made from, beside the bundle: the charting library, the style and the page's script. */
export function copyDashboardAssets(root: string, directory: string): void {
  for (const [from, to] of Object.entries(COPIED)) {
    mkdirSync(join(directory, dirname(to)), { recursive: true });
    cpSync(join(root, from), join(directory, to));
  }
}
