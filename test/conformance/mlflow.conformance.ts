import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ModelCard } from "../../lib/domain/model/modelCard.ts";
import { scoreFeatures } from "../../lib/domain/rfm/scoreFeatures.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import { readResults } from "../../lib/library/results.ts";
import { SEGMENTS } from "../../lib/tables/segments.ts";
import { hasOnlineRetail, SHARED } from "../golden/onlineRetail.ts";
import { rfmHere } from "../support/cli.ts";
import { temporaryFolder } from "../support/lake.ts";
import { smallCard } from "../support/smallCard.ts";
import { MLFLOW_PYTHON, type MlflowServerProcess, mlflowTool, startMlflow } from "./support/mlflow.ts";

const SCRIPT = fileURLToPath(new URL("mlflow_client.py", import.meta.url));
const NAME = "shop-model";

const tool = mlflowTool();
const missing = "missing" in tool ? tool.missing : hasOnlineRetail ? undefined : "Online Retail is not in ../shared";
if (missing !== undefined) console.warn(`MLflow is not judged: ${missing}`);

interface Registry {
  /** Alias → the model's version in the lake. */
  readonly roles: Readonly<Record<string, string>>;
  readonly versions: number;
}

describe.skipIf(missing !== undefined)("a real MLflow server", () => {
  const folder = temporaryFolder();
  const file = join(SHARED, "data/online-retail.csv.gz");
  let server: MlflowServerProcess;
  let uri: string;
  const stop = (): Promise<void> => server.stop();
  const rfm = async (...args: string[]) => {
    const { code, stdout, stderr } = await rfmHere(args, { cwd: folder });
    return { code, stdout, stderr };
  };
  /** What MLflow's own client sees of the champion. */
  const seen = async (): Promise<Readonly<Record<string, unknown>>> => {
    const { files } = await readResults(join(folder, "lake"));
    const { stdout } = await promisify(execFile)(MLFLOW_PYTHON, [SCRIPT, uri, NAME, files.segmentsCsv]);
    return JSON.parse(stdout.trim().split("\n").at(-1) as string);
  };
  const registry = async (): Promise<Registry> => {
    const ask = async (path: string) => (await fetch(`${uri}/api/2.0/mlflow/${path}`)).json();
    const { registered_model: model } = await ask(`registered-models/get?name=${NAME}`);
    const { model_versions: versions } = await ask(`model-versions/search?filter=name%3D'${NAME}'`);
    const ofLake = new Map<string, string>(
      versions.map((each: { version: string; tags: { key: string; value: string }[] }) => [
        each.version,
        each.tags.find(({ key }) => key === "rfm_model_version")?.value,
      ]),
    );
    const aliases = (model.aliases ?? []) as { alias: string; version: string }[];
    const roles = Object.fromEntries(aliases.map(({ alias, version }) => [alias, ofLake.get(version) as string]));
    return { roles, versions: versions.length };
  };

  beforeAll(async () => {
    server = await startMlflow("command" in tool ? tool.command : "", folder);
    uri = server.uri;
    process.env.MLFLOW_TRACKING_URI = uri;
    process.env.MLFLOW_EXPERIMENT_NAME = NAME;
  });
  afterAll(async () => {
    delete process.env.MLFLOW_TRACKING_URI;
    delete process.env.MLFLOW_EXPERIMENT_NAME;
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });

  let first: Summary;

  it("hears of a run: parameters, metrics of every k, card, dashboard, segments, and the model, which predicts the same", async () => {
    const run = await rfm("run", file, "--json");
    expect(run).toMatchObject({ code: 0, stderr: expect.not.stringContaining("warning") });
    first = JSON.parse(run.stdout) as Summary;
    const facts = await seen();
    expect(facts).toMatchObject({
      aliases: { champion: "1" },
      versions: { 1: { rfm_model_version: first.modelVersion } },
      status: "FINISHED",
      artifacts: ["dashboard.html", "model", "model-card.json"],
      card: first.modelVersion,
      params: { "settings.returns": "drop", k: String(first.choice.k), snapshot_date: first.snapshotDate },
      metrics: { customers: 4_338, revenue: first.totals.revenue },
      silhouette: Object.fromEntries(first.choice.criteria.map(({ k, silhouette }) => [k, silhouette])),
    });
    const { files } = await readResults(join(folder, "lake"));
    expect(facts.digest).toBe(createHash("sha256").update(readFileSync(files.segmentsCsv)).digest("hex"));
    const [{ mlflow_colspec: columns }] = facts.dataset as [{ mlflow_colspec: { name: string }[] }];
    expect(columns.map(({ name }) => name)).toEqual(Object.keys(SEGMENTS.columns));
    expect(facts).toMatchObject({ customers: 4_338, runs: 1 });
    const all = { cluster_id: 4_338, cluster_label: 4_338, rfm_segment: 4_338 };
    expect(facts.equal).toEqual({ ...all, r_score: 4_338, f_score: 4_338, m_score: 4_338 });
    // segments.csv has six decimals.
    expect(facts.distance).toBeLessThan(5.1e-7);
  });

  it("moves the aliases with promotion, roll-back and trials, and takes each model once", async () => {
    const second = JSON.parse((await rfm("run", "--k", "6", "--json")).stdout) as Summary;
    const [one, two] = [first.modelVersion, second.modelVersion];
    expect(await registry()).toEqual({ roles: { champion: two }, versions: 2 });
    expect((await rfm("models", "promote", one)).code).toBe(0);
    expect((await registry()).roles).toEqual({ champion: one });
    expect((await rfm("models", "rollback")).code).toBe(0);
    expect((await registry()).roles).toEqual({ champion: two });
    expect((await rfm("models", "challenge", one, "--share", "0.1")).code).toBe(0);
    expect((await registry()).roles).toEqual({ champion: two, challenger: one });
    expect((await rfm("models", "challenge", one, "--share", "0")).code).toBe(0);
    expect(await registry()).toEqual({ roles: { champion: two }, versions: 2 });
  });

  it("gets what it missed from `rfm models export`", async () => {
    delete process.env.MLFLOW_TRACKING_URI;
    const third = JSON.parse((await rfm("run", "--k", "4", "--json")).stdout) as Summary;
    expect((await registry()).versions).toBe(2);
    expect(await rfm("models", "export", "--mlflow", uri, first.modelVersion)).toEqual({
      code: 0,
      stdout: `${first.modelVersion} is version 1 of ${NAME}.\n${third.modelVersion} is version 3 of ${NAME}, champion.\n`,
      stderr: "",
    });
    expect(await registry()).toEqual({ roles: { champion: third.modelVersion }, versions: 3 });
  });

  it("costs a warning where it is down, and never a run", async () => {
    await stop();
    process.env.MLFLOW_TRACKING_URI = uri;
    const run = await rfm("run", "--k", "5", "--quiet");
    expect(run).toMatchObject({ code: 0, stdout: "" });
    expect(run.stderr).toMatch(/^warning MLflow at http.* cannot be reached \(ECONNREFUSED\).*\[MLFLOW\]$/);
    const { summary } = await readResults(join(folder, "lake"));
    expect(summary.choice.k).toBe(5);
    expect(await rfm("models", "rollback")).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^warning MLflow/),
    });
    expect(await rfm("models", "export")).toMatchObject({ code: 1, stderr: expect.stringMatching(/^error MLflow/) });
  });
});

/** Reads cards with rows from stdin, and prints what the model's Python file says of each. */
const PREDICT = `
import json, sys
import pandas as pd
sys.path.insert(0, sys.argv[1])
from rfm_segmentation_model import RfmSegmentation
print(json.dumps([RfmSegmentation(card).predict(pd.DataFrame(rows)).to_dict("list") for card, rows in json.load(sys.stdin)]))
`;

describe.skipIf("missing" in tool)("the Python file", () => {
  it("predicts under any card what scoring here says", () => {
    const feature = fc.record({
      transform: fc.constantFrom("log1p" as const, "asinh" as const, "identity" as const),
      scale: fc.double({ min: 0.5, max: 100, noNaN: true }),
      mean: fc.double({ min: -5, max: 50, noNaN: true }),
      deviation: fc.double({ min: 0.1, max: 50, noNaN: true }),
      winsorHigh: fc.option(fc.double({ min: 10, max: 500, noNaN: true }), { nil: undefined }),
    });
    const edges = fc
      .array(fc.integer({ min: 0, max: 300 }), { minLength: 4, maxLength: 4 })
      .map((all) => all.sort((a, b) => a - b));
    const numbers = (length: number) =>
      fc.array(fc.oneof(fc.integer({ min: 0, max: 400 }), fc.double({ min: 0, max: 1e5, noNaN: true })), {
        minLength: length,
        maxLength: length,
      });
    const measures = ["recency_days", "frequency", "monetary"];
    const cases = fc.sample(
      fc.record({
        features: fc
          .subarray(measures)
          .chain((names) => fc.tuple(...names.map((name) => feature.map((each) => ({ name, ...each }))))),
        clusters: fc.integer({ min: 1, max: 5 }),
        centroids: numbers(15),
        scoreEdges: fc.record({ recencyDays: edges, frequency: edges, monetary: edges }),
        rows: fc.tuple(numbers(40), numbers(40), numbers(40)),
      }),
      { numRuns: 60, seed: 1 },
    );
    const asked = cases.map(({ features, clusters, centroids, scoreEdges, rows }) => {
      const card = smallCard();
      const model: ModelCard = {
        ...card,
        features,
        scoreEdges,
        clusters: Array.from({ length: clusters }, (_, at) => ({
          ...(card.clusters[0] as ModelCard["clusters"][number]),
          ...{
            id: at * 2,
            label: `Kind ${at}`,
            centroidScaled: features.map((_each, j) => (centroids[at * 3 + j] as number) / 50),
          },
        })),
      };
      return { model, rows };
    });
    const input = asked.map(({ model, rows }) => [
      model,
      Object.fromEntries(measures.map((name, i) => [name, rows[i]])),
    ]);
    const folder = fileURLToPath(new URL("../../lib/workflow/mlflow", import.meta.url));
    const args = ["-B", "-c", PREDICT, folder];
    const said = JSON.parse(
      execFileSync(MLFLOW_PYTHON, args, { input: JSON.stringify(input), encoding: "utf8" }),
    ) as Record<string, unknown[]>[];
    for (const [at, { model, rows }] of asked.entries()) {
      const [recencyDays, frequency, monetary] = rows.map((column) => Float64Array.from(column)) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const ours = scoreFeatures(model, { recencyDays, frequency, monetary });
      const theirs = said[at] as Record<string, unknown[]>;
      expect(theirs).toMatchObject({
        cluster_id: [...ours.clusterId],
        cluster_label: ours.clusterLabel,
        r_score: [...ours.rScore],
        f_score: [...ours.fScore],
        m_score: [...ours.mScore],
        rfm_segment: ours.segment,
      });
      for (const [i, distance] of ours.distance.entries()) {
        expect(theirs.distance?.[i]).toBeCloseTo(distance, 9);
        expect(theirs.confidence?.[i]).toBeCloseTo(ours.confidence[i] as number, 9);
      }
    }
  });
});
