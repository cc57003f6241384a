import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type InstalledPackage, runBeside } from "../support/installedPackage.ts";

const TSC = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));

/** What users of the library have: its types and what they say it does. */
export const libraryTests = (installed: () => InstalledPackage): void => {
  describe("the installed library", () => {
    const USER = `
import { openLake, RunAbortedError, type Segmentation, segment, type Settings } from "rfm-segmentation";
const settings: Settings = { returns: "net", clusters: { k: 4 } };
const results: Segmentation = await segment("Aufträge 2011.csv", { lake: "typed", settings });
const first: string | undefined = results.summary.segments[0]?.name;
for await (const { customer_id, monetary, recency_days } of results.customers()) {
  const line: string = customer_id + monetary;
  const days: number = recency_days;
  console.log(line, days, first);
  break;
}
console.log(results.summary.choice.k, (await openLake("typed").ingests())[0]?.source);
const stopped = segment([], { lake: "typed", signal: AbortSignal.abort() });
await stopped.catch((error: unknown) => console.log(error instanceof RunAbortedError && error.code));
`;

    it("has types that need none of ours, and does what they say", async () => {
      writeFileSync(join(installed().folder, "user.mts"), USER);
      const options = ["--strict", "--module", "nodenext", "--target", "es2024", "--lib", "es2024,dom", "--types", ""];
      const compiled = await runBeside(installed(), process.execPath, [TSC, ...options, "user.mts"]);
      expect(compiled).toEqual({ code: 0, stdout: "", stderr: "" });
      const ran = await runBeside(installed(), process.execPath, ["user.mjs"]);
      expect(ran).toMatchObject({ code: 0, stderr: "" });
      expect(ran.stdout).toMatch(/^K\d+.*\n4 Aufträge 2011\.csv\nRUN_ABORTED\n$/);
    });

    it("refuses wrong types where they are written", async () => {
      writeFileSync(
        join(installed().folder, "wrong.mts"),
        USER.replace('"net"', '"nett"').replace("days: number", "days: string"),
      );
      const options = ["--strict", "--noEmit", "--module", "nodenext", "--target", "es2024", "--lib", "es2024,dom"];
      const { stdout } = await runBeside(installed(), process.execPath, [TSC, ...options, "--types", "", "wrong.mts"]);
      expect(stdout.match(/error TS\d+/g)).toEqual(["error TS2820", "error TS2322"]);
    });
  });
};
