import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pageDataElement } from "../domain/dashboard/pageData.ts";
import type { DashboardData } from "../domain/dashboard/types.ts";

/** The page's script, which `node scripts/page.ts` makes of the modules beside it. */
export const PAGE_SCRIPT = new URL("./page/main.js", import.meta.url);
const STYLE = new URL("./page/style.css", import.meta.url);
/** Where a bundle brings the charting library; there no package of it is installed. */
const CHARTS = new URL("./page/echarts.min.js", import.meta.url);

interface Assets {
  readonly charts: string;
  readonly script: string;
  readonly style: string;
}
let assets: Assets | undefined;

/** Makes ready what every page shares, so that the first page is drawn as fast as the second. */
export function prepareDashboard(): void {
  loadAssets();
}

const installedCharts = (): string => createRequire(import.meta.url).resolve("echarts/dist/echarts.min.js");

/** The charting library, our script and style; read once per process. */
function loadAssets(): Assets {
  assets ??= {
    charts: readFileSync(existsSync(CHARTS) ? CHARTS : installedCharts(), "utf8").trim(),
    script: readFileSync(PAGE_SCRIPT, "utf8").trim(),
    style: readFileSync(STYLE, "utf8"),
  };
  return assets;
}

/**
 * The dashboard as one HTML file that needs nothing else: charts, script, style and data are in it, and its content
 * security policy lets it load nothing.
 */
export function renderDashboard(data: DashboardData): string {
  const { charts, script, style } = loadAssets();
  const title = `Customer segments as of ${data.summary.snapshotDate}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy([charts, script])}">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${escapeText(title)}</title>
<style>${style}</style>
</head>
<body>
<noscript>This page draws its charts with the script that it carries; please allow scripts for it. The same numbers are in summary.json beside it.</noscript>
${pageDataElement(data)}
<script>${charts}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Scripts by their digests alone, images from the page itself, styles inline (charts place their parts by style). */
function policy(scripts: readonly string[]): string {
  const digests = scripts.map((text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  return [
    "default-src 'none'",
    `script-src ${digests.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
