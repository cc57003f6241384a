import { readFileSync } from "node:fs";
import { missingGoldenData } from "./fetchGolden.ts";

/**
 * Prints the totals of a vitest JSON report as one plain line, checks that failed before the tests counted in; fails
 * when anything failed or no test ran.
 */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numFailedTestSuites: number;
}

const [file, checksFailed = "0"] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: node scripts/testTotals.ts REPORT.json [CHECKS_FAILED]");
const text = readFileSync(file, "utf8");
if (text === "") {
  console.log(`0 passed, ${1 + Number(checksFailed)} failed`);
  process.exit(1);
}
const report = JSON.parse(text) as Report;
const failed = Math.max(report.numFailedTests, report.numFailedTestSuites > 0 ? 1 : 0) + Number(checksFailed);
console.log(`${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests} skipped`);
const missing = missingGoldenData();
if (missing !== undefined) console.log(missing);
process.exit(failed > 0 || report.numPassedTests === 0 ? 1 : 0);
