import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Metafile } from "esbuild";

/** Licences that the package may carry others' code under: all ask for no more than their notice. */
export const ALLOWED_LICENCES = [
  "MIT",
  "MIT-0",
  "ISC",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "Apache-2.0",
  "0BSD",
  "BlueOak-1.0.0",
];

export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  /** Text of its licence and notice files; empty where it brings none. */
  readonly notice: string;
}

/**
 * The packages whose code went into bundles, and those named beside. @throws Error for a licence that is not allowed.
 */
export function bundledPackages(
  root: string,
  metafiles: readonly Metafile[],
  beside: readonly string[] = [],
): BundledPackage[] {
  const folders = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.keys(inputs))
    .flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []);
  const unique = [...new Set([...folders, ...beside.map((name) => `node_modules/${name}`)])].sort();
  return unique.map((folder) => packageIn(join(root, folder)));
}

function packageIn(folder: string): BundledPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as BundledPackage;
  const isAllowed = ALLOWED_LICENCES.some(
    (each) => license === each || license?.replace(/[()]/g, "").split(" OR ").includes(each),
  );
  if (!isAllowed)
    throw new Error(`${name} ${version} has the licence ${license}, which is not allowed in the package.`);
  const files = existsSync(folder)
    ? readdirSync(folder, { withFileTypes: true })
        .flatMap((entry) => (entry.isFile() ? entry.name : []))
        .filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))
    : [];
  const notice = files.map((file) => readFileSync(join(folder, file), "utf8").trim()).join("\n\n");
  return { name, version, license, notice };
}

/** The notices of the packages as one text. */
export const noticesText = (packages: readonly BundledPackage[]): string =>
  packages
    .map(({ name, version, license, notice }) => `${name} ${version} (${license})\n\n${notice}`.trim())
    .join(`\n\n${"-".repeat(80)}\n\n`);
