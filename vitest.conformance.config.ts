import { defineConfig } from "vitest/config";

/** Judges from outside (real servers, linters), too slow or too demanding for every run: `npm run conformance`. */
export default defineConfig({
  test: {
    include: ["test/conformance/**/*.{conformance,test}.ts"],
    pool: "forks",
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
