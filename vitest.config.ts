import { fileURLToPath } from "node:url";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { programFlags } from "./scripts/programFlags.ts";
import { SlowFirst } from "./test/support/slowFirst.ts";

// Workers, their threads and the processes that tests start keep their compiled code; Node checks it against the source.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("./node_modules/.cache/node", import.meta.url));

// What is printed is compared: wherever the tests run, there are colours only where a test asks for them.
delete process.env.FORCE_COLOR;

/** Judges from outside have a configuration of their own: `npm run conformance`. */
const OUTSIDE = ["test/conformance/**", "test/cloud/**", "node_modules/**"];
/** Whole runs, killed processes, servers. */
const E2E = ["test/e2e/**", "test/golden/**", "test/workflow/overTime.test.ts"];
/** Pure functions, plans and rendered text: what is run after each change. */
const UNIT = [
  "test/*.test.ts",
  "test/{aws,cost,domain,lambdas,tables}/**/*.test.ts",
  "test/workflow/!(ledger)/**/*.test.ts",
  "test/workflow/*.test.ts",
  "test/infra/{deployGuide,policies,settings}.test.ts",
  "test/ingest/columns/**/*.test.ts",
  "test/ingest/{columns,layouts}.test.ts",
];

const project = (name: string, include: string[], exclude: string[]): TestProjectConfiguration => ({
  extends: true,
  test: { name, include, exclude: [...OUTSIDE, ...exclude] },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", UNIT, E2E),
      project("lake", ["test/**/*.test.ts"], [...UNIT, ...E2E]),
      project(
        "e2e",
        E2E.map((pattern) => (pattern.endsWith("/**") ? `${pattern}/*.test.ts` : pattern)),
        [],
      ),
    ],
    globalSetup: "test/support/temporaryFolder.ts",
    setupFiles: "test/support/propertySeed.ts",
    env: { NO_COLOR: "1" },
    pool: "forks",
    // As the program starts: the embedded database is not optimized.
    execArgv: programFlags(),
    maxWorkers: 2,
    // Two processes for all files, which load the same modules, as Node runs them outside of tests: a third of the time.
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: SlowFirst },
    // A hang, not slowness: the machine may be busy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
