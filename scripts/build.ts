import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Metafile } from "esbuild";
import { bundleFunctions } from "../lib/infra/bundles/bundles.ts";
import { copyDashboardAssets } from "../lib/infra/bundles/dashboardAssets.ts";
import { FUNCTIONS_FOLDER, FUNCTIONS_LIST } from "../lib/infra/construct/packagedCode.ts";
import { bundleConstruct, bundleProgram } from "./package/bundle.ts";
import { writeDeclarations } from "./package/declarations.ts";
import { bundledPackages, noticesText } from "./package/licences.ts";
import { packageManifest } from "./package/manifest.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** What the program reads at run time, and what stands beside it for people. */
const COPIED = [
  "LICENSE",
  "README.md",
  "lib/local/serve/docs/page.js",
  "lib/workflow/batch-scoring.asl.json",
  "lib/workflow/mlflow/rfm_segmentation_model.py",
  "lib/workflow/segmentation.asl.json",
  "schemas",
  "sql",
];

/** Builds the package that users install, as a folder that `npm pack` takes as it is. */
export async function buildPackage(outDirectory: string, root = ROOT): Promise<void> {
  rmSync(outDirectory, { recursive: true, force: true });
  mkdirSync(outDirectory, { recursive: true });
  for (const path of COPIED) {
    mkdirSync(dirname(join(outDirectory, path)), { recursive: true });
    cpSync(join(root, path), join(outDirectory, path), { recursive: true });
  }
  copyDashboardAssets(root, outDirectory);
  const viewer = "lib/local/serve/docs/redoc.standalone.js";
  mkdirSync(dirname(join(outDirectory, viewer)), { recursive: true });
  cpSync(join(root, "node_modules/redoc/bundles/redoc.standalone.js"), join(outDirectory, viewer));
  const metafile = await bundleProgram(root, outDirectory);
  const constructMetafiles = await bundleConstruct(root, outDirectory);
  const functionMetafiles = await bundlePackagedFunctions(root, outDirectory);
  await writeDeclarations({
    root,
    entries: {
      "lib/library/index.ts": [join(outDirectory, "js/index.d.ts")],
      "lib/infra/construct/index.ts": ["index.d.mts", "index.d.cts"].map((file) => join(outDirectory, "cdk", file)),
    },
    external: /^(apache-arrow|@duckdb\/node-api|constructs|aws-cdk-lib(\/.*)?)$/,
  });
  const notices = noticesText(
    bundledPackages(root, [metafile, ...constructMetafiles, ...functionMetafiles], ["echarts", "redoc"]),
  );
  writeFileSync(join(outDirectory, "THIRD-PARTY-NOTICES.txt"), `${notices}\n`);
  writeFileSync(join(outDirectory, "package.json"), `${JSON.stringify(packageManifest(), null, 2)}\n`);
}

/** The Lambda functions as the construct deploys them, each a folder of its own. */
async function bundlePackagedFunctions(root: string, outDirectory: string): Promise<Metafile[]> {
  const folder = join(outDirectory, FUNCTIONS_FOLDER);
  const bundles = Object.entries(await bundleFunctions({ outDirectory: folder, root }));
  const list = Object.fromEntries(bundles.map(([name, { usesDuckdb }]) => [name, { usesDuckdb }]));
  writeFileSync(join(folder, FUNCTIONS_LIST), `${JSON.stringify(list, null, 2)}\n`);
  return bundles.map(([, { metafile }]) => metafile);
}

if (import.meta.main) await buildPackage(process.argv[2] ?? join(ROOT, "dist"));
