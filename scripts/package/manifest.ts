import projectManifest from "../../package.json" with { type: "json" };

/**
 * What is installed beside the package: native code, WebAssembly, threads of their own. All else is bundled into it.
 */
export const INSTALLED_BESIDE = [
  "@duckdb/node-api",
  "@electric-sql/pglite",
  "@electric-sql/pglite-prepopulatedfs",
  "piscina",
] as const satisfies readonly (keyof typeof projectManifest.dependencies)[];

type Installed = keyof typeof projectManifest.devDependencies;

/** What only some users of the library need, who install it by themselves. */
export const OPTIONAL_BESIDE = ["apache-arrow"] as const satisfies readonly Installed[];

/** What an app of theirs has that uses the construct. */
export const CDK_PEERS = ["aws-cdk-lib", "constructs"] as const satisfies readonly Installed[];

/** Peers that nobody has to have, and the oldest version of each that will do. */
function peers(): Record<string, string> {
  const { devDependencies } = projectManifest;
  return Object.fromEntries([...OPTIONAL_BESIDE, ...CDK_PEERS].map((name) => [name, `^${devDependencies[name]}`]));
}

/** The oldest Node that has all that the program uses: zstd came with 22.15. */
export const OLDEST_NODE = "22.15.0";

/** package.json as users get it: the project's facts, without what only its development or AWS needs. */
export function packageManifest(): Record<string, unknown> {
  const { name, version, description, license, type, dependencies } = projectManifest;
  return {
    name,
    version,
    description,
    license,
    type,
    keywords: ["rfm", "customer segmentation", "k-means", "recency frequency monetary", "clustering"],
    bin: { rfm: "js/rfm.js", "rfm-segmentation": "js/rfm.js" },
    exports: {
      ".": { types: "./js/index.d.ts", default: "./js/index.js" },
      "./cdk": {
        import: { types: "./cdk/index.d.mts", default: "./cdk/index.mjs" },
        require: { types: "./cdk/index.d.cts", default: "./cdk/index.cjs" },
      },
      "./package.json": "./package.json",
    },
    engines: { node: `>=${OLDEST_NODE}` },
    dependencies: Object.fromEntries(INSTALLED_BESIDE.map((each) => [each, dependencies[each]])),
    peerDependencies: peers(),
    peerDependenciesMeta: Object.fromEntries(Object.keys(peers()).map((name) => [name, { optional: true }])),
  };
}
