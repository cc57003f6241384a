import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { programFlags } from "./scripts/programFlags.ts";
import { SlowFirst } from "./test/support/slowFirst.ts";

// Workers, their threads and the processes that tests start keep their compiled code; Node checks it against the source.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("./node_modules/.cache/node", import.meta.url));

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Judges from outside have a configuration of their own: `npm run conformance`.
    exclude: ["test/conformance/**", "node_modules/**"],
    globalSetup: "test/support/temporaryFolder.ts",
    pool: "forks",
    // As the program starts: the embedded database is not optimized.
    execArgv: programFlags(),
    maxWorkers: 2,
    // Two processes for all files, which load the same modules, as Node runs them outside of tests: a third of the time.
    isolate: false,
    experimental: { viteModuleRunner: false, nodeLoader: false },
    sequence: { sequencer: SlowFirst },
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
