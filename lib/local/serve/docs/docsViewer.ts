import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { DocsViewer } from "../../../api/types.ts";

/** Where a package brings the viewer; the project has it installed. */
const VIEWER = new URL("./redoc.standalone.js", import.meta.url);
const viewerFile = (): string | URL =>
  existsSync(VIEWER) ? VIEWER : createRequire(import.meta.url).resolve("redoc/bundles/redoc.standalone.js");

/** The one thing that the viewer would load from elsewhere: its maker's logo. */
const LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg";

const START = new URL("./page.js", import.meta.url);

/** The OpenAPI document as a page that needs nothing from elsewhere. */
export function openDocsViewer(): DocsViewer {
  let script: Promise<string> | undefined;
  return {
    page: docsPage,
    script() {
      script ??= readFile(viewerFile(), "utf8").then((text) => text.replaceAll(LOGO, "data:,"));
      return script;
    },
  };
}

function docsPage(document: object): { html: string; policy: string } {
  const start = readFileSync(START, "utf8").trim();
  const digest = createHash("sha256").update(start).digest("base64");
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The scoring API</title>
<style>body { margin: 0; }</style>
</head>
<body>
<noscript>This page is drawn by a script; openapi.json has the same.</noscript>
<main id="docs"></main>
<script type="application/json" id="openapi">${JSON.stringify(document).replaceAll("<", "\\u003c")}</script>
<script src="docs/viewer.js"></script>
<script>${start}</script>
</body>
</html>
`;
  const policy = [
    "default-src 'none'",
    `script-src 'self' 'sha256-${digest}'`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ];
  return { html, policy: policy.join("; ") };
}
