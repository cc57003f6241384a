import { defineConfig } from "vitest/config";
import { programFlags } from "./scripts/programFlags.ts";

/**
 * What is too slow or too demanding for every run: judges from outside (real servers, linters), and those tests of
 * `npm test` that take fewer cases there (test/support/effort.ts).
 */
export default defineConfig({
  test: {
    include: [
      "test/conformance/**/*.{conformance,test}.ts",
      "test/cloud/**/*.{conformance,test}.ts",
      "test/e2e/{commandLine,faults,kill,properties}.test.ts",
      "test/golden/{dailyFiles,endToEnd}.test.ts",
      "test/ingest/{dialects,formatTraps,onlineRetail}.test.ts",
      "test/ingest/containers/tarArchive.test.ts",
      "test/local/postgresEmbedded.test.ts",
      "test/package/installed.test.ts",
      "test/sql/{dirtyRows,overlap}.test.ts",
      "test/workflow/overTime.test.ts",
    ],
    env: { RFM_EFFORT: "full" },
    pool: "forks",
    execArgv: programFlags(),
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
