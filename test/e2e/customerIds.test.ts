import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { databaseDirectory } from "../../lib/local/lake/lakePaths.ts";
import { openPgliteDatabase } from "../../lib/local/postgres/pgliteDatabase.ts";
import { serve } from "../../lib/local/serve/server.ts";
import { rfmHere } from "../support/cli.ts";
import { manifestsOf, QUICK, temporaryFolder } from "../support/lake.ts";
import { shopCsv, writeText } from "../support/shop.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const rfm = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await rfmHere(args, { cwd: folder });
  expect(code, stderr).toBe(0);
  return `${stdout}\n${stderr}`;
};

async function databaseRuns(lake: string): Promise<unknown> {
  const database = openPgliteDatabase(databaseDirectory(lake));
  try {
    return await database.query("select * from rfm.runs");
  } finally {
    await database.close();
  }
}

/** Every output that names nobody unless it is asked for customers. */
async function outputs(): Promise<Record<string, string>> {
  const lake = join(folder, "lake");
  const [manifest] = manifestsOf(lake).slice(-1);
  const ofDatabase = JSON.stringify(await databaseRuns(lake));
  const server = await serve({ lakeDirectory: lake, port: 0 });
  const served = async (path: string): Promise<string> => (await fetch(`${server.url}${path}`)).text();
  try {
    const [summaryPath = ""] = [manifest?.summaryKey];
    return {
      "summary.json": readFileSync(join(lake, summaryPath), "utf8"),
      "dashboard.html": readFileSync(join(lake, summaryPath.replace("summary.json", "dashboard.html")), "utf8"),
      "a copy of summary.json": readFileSync(join(folder, "out/summary.json"), "utf8"),
      "a copy of the dashboard": readFileSync(join(folder, "out/dashboard.html"), "utf8"),
      "the run's manifest": JSON.stringify(manifest),
      "the database's runs": ofDatabase,
      "rfm runs": (await rfm("runs")) + (await rfm("runs", "--json")),
      "rfm models": await rfm("models", "list"),
      "rfm ingests": await rfm("ingests"),
      "the API's runs": await served("/runs"),
      "the API's run": await served(`/runs/${manifest?.runId}`),
      "the API's segments": await served("/segments"),
    };
  } finally {
    await server.close();
  }
}

describe("reports of a configuration that keeps ids out", () => {
  const printed: string[] = [];
  beforeAll(async () => {
    const shop = (seed: number): string => shopCsv({ seed, customers: 60, lines: 400 }).replaceAll(/^K/gm, "Zid");
    writeText(join(folder, "may.csv"), shop(1));
    writeText(join(folder, "june.csv"), shop(2));
    const config = JSON.stringify({ ...QUICK, backtest: {}, display: { customerIds: false } });
    writeText(join(folder, "config.json"), config);
    // Two runs: the second has customers that moved, a model before its own, and warnings of drift.
    for (const file of ["may.csv", "june.csv"])
      for (const flags of [["--out", "out"], ["--json"]])
        printed.push(await rfm("run", file, "--config", "config.json", ...flags));
  });

  it("name no customer, in whatever they are written", async () => {
    const found = await outputs();
    expect(found["a copy of summary.json"]).toContain("Customer #1");
    const named = Object.entries({ ...found, "rfm run": printed.join("\n") }).flatMap(([name, text]) => {
      expect(text.length, name).toBeGreaterThan(2);
      return /.{0,60}Zid.{0,20}/.exec(text)?.map((place) => `${name}: ${place}`) ?? [];
    });
    expect(named).toEqual([]);
  });

  it("leave the ids to what is about customers", async () => {
    expect(await rfm("customers")).toContain("Zid");
    expect(readFileSync(join(folder, "out/segments.csv"), "utf8")).toContain("Zid");
  });
});
