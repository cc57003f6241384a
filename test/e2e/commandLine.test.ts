import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { summarySchema } from "../../lib/domain/run/summary.ts";
import { type CliResult, rfm, rfmHere } from "../support/cli.ts";
import { isFullEffort } from "../support/effort.ts";
import { temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

// Whole runs in processes of their own take long on a busy machine.
const folder = temporaryFolder();
const run = (...args: string[]): Promise<CliResult> => rfm(args, { cwd: folder });
const runHere = (...args: string[]): Promise<CliResult> => rfmHere(args, { cwd: folder });
beforeAll(() => {
  for (const [name, seed] of [
    ["may.csv", 1],
    ["june.csv", 2],
  ] as const)
    writeText(join(folder, name), shopCsv({ seed, customers: 120, lines: 400 }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("help", () => {
  it.each([
    ["the program", [], ["run", "demo", "rejects", "runs", "publish", "config", "Examples:"]],
    [
      "run",
      ["run"],
      [
        "--lake",
        "--out",
        "--config",
        "--snapshot-date",
        "--returns",
        "--duplicates",
        "--window-months",
        "--k",
        "--seed",
      ],
    ],
    [
      "run's output",
      ["run"],
      ["--json", "--quiet", "--wait", "--database-url", '(choices: "drop", "match", "net", "count")'],
    ],
    ["demo", ["demo"], ["--dir", "--customers", "--seed"]],
    ["rejects", ["rejects"], ["--reason", "--source", "--limit", "(default: 20)"]],
    [
      "export",
      ["export"],
      ["--segment", "--campaign", "--holdout-share", "klaviyo", "hashed-emails", "--contacts", "docs/exports.md"],
    ],
    ["query", ["query"], ["--lake", "--format", "current_segment_summary"]],
    ["runs", ["runs"], ["--lake", "--json"]],
    ["publish", ["publish"], ["[run]", "rfm runs"]],
    ["config", ["config"], ["--defaults", "--schema"]],
  ])("of %s names what there is, in lines that fit a terminal", async (_, command, names) => {
    const { code, stdout, stderr } = await runHere(...command, "--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of names) expect(stdout.replace(/\s+/g, " ")).toContain(name);
    expect(stdout).not.toMatch(/undefined|\[object/);
    for (const line of stdout.split("\n")) expect(line.length, line).toBeLessThanOrEqual(120);
  });
});

describe("what a run prints", () => {
  it("is a report on stdout and a line per state on stderr; JSON alone with --json; nothing with --quiet", async () => {
    const report = await run("run", "may.csv", "--out", "results");
    expect(report.code, report.stderr).toBe(0);
    for (const said of [
      /\d+ customers segmented as of \d{4}-\d\d-\d\d/,
      /^\s+in\s+\d+/m,
      /dropped: missing customer/,
      /Champions/,
      /Clusters .*k = \d/,
      /Customers that dominate/,
      /view rfm.current_segments/,
      /results\/segments.csv/,
      /Done in .* s/,
    ])
      expect(report.stdout).toMatch(said);
    expect(report.stdout).not.toMatch(/undefined|NaN|\[object|Infinity/);
    // What was found stands above what was spent, and the longest three states are enough here.
    const places = ["customers segmented", "! ", "Segments (", "Rows", "Written", "Done in", "Dashboard"];
    const order = places.map((said) => report.stdout.indexOf(said));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(order).not.toContain(-1);
    expect(report.stdout.match(/ s\b/g)).toHaveLength(4);
    for (const state of ["Ingest", "FitShards", "ScoreShards", "PublishRun"])
      expect(report.stderr).toMatch(new RegExp(`^${state} .* s$`, "m"));
    expect(readdirSync(join(folder, "results")).sort()).toEqual(["dashboard.html", "segments.csv", "summary.json"]);

    const json = await run("run", "june.csv", "--json", "--quiet");
    expect(json).toMatchObject({ code: 0, stderr: "" });
    const { timings, ...summary } = JSON.parse(json.stdout);
    expect(summarySchema.strict().parse(summary).history.sources).toBe(2);
    expect(timings.map(({ state }: { state: string }) => state)).toContain("SelectModel");

    expect(await runHere("run", "--k", "4", "--quiet")).toEqual({ code: 0, signal: null, stdout: "", stderr: "" });

    const runs = JSON.parse((await runHere("runs", "--json")).stdout) as { runId: string; isCurrent: boolean }[];
    expect(runs.map(({ isCurrent }) => isCurrent)).toEqual([true, false, false]);
    const earlier = runs[2]?.runId as string;
    expect(await runHere("publish", earlier)).toMatchObject({
      code: 0,
      stdout: `Run ${earlier} is the current one.\n`,
    });
    expect((await runHere("runs")).stdout).toMatch(new RegExp(`current +${earlier}`));
    expect(existsSync(join(folder, "lake/incoming/may.csv"))).toBe(false);
  });

  it.runIf(isFullEffort)("has a default configuration that is its own schema's, and that changes nothing", async () => {
    const defaults = await runHere("config", "--defaults");
    expect(parseConfig(JSON.parse(defaults.stdout))).toEqual(parseConfig({}));
    const schema = JSON.parse((await runHere("config", "--schema")).stdout);
    expect(Object.keys(schema.properties)).toContain("windowMonths");
    const before = readFileSync(join(folder, "results/segments.csv"), "utf8");
    writeText(join(folder, "own/rfm.config.json"), defaults.stdout);
    const again = await rfm(["run", "../may.csv", "--out", "out", "--quiet"], { cwd: join(folder, "own") });
    expect(again.code, again.stderr).toBe(0);
    expect(readFileSync(join(folder, "own/out/segments.csv"), "utf8")).toBe(before);
  });
});
