import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { scoreMeasuresOf } from "../../lib/domain/config/measureSettings.ts";
import { bandPlanOf, scorePlanOf } from "../../lib/domain/config/scoreSettings.ts";
import { measuredColumn } from "../../lib/domain/rfm/featureColumns.ts";
import { ruleInMemory } from "../../lib/domain/rfm/rules/ruleInMemory.ts";
import { scoreFeatures } from "../../lib/domain/rfm/scoreFeatures.ts";
import { withMeasures } from "../../lib/domain/rfm/scorePlan.ts";
import { perMeasure } from "../../lib/domain/rfm/scoring.ts";
import { smallCard } from "../support/smallCard.ts";
import { pythonCommand } from "./support/python.ts";

/** The Python file that goes to MLflow with a model scores as we do, whatever the settings of scores and segments. */

const python = pythonCommand(join(tmpdir(), "rfm-conformance-pandas"), ["pandas==2.3.3", "numpy==2.3.5"], "python3");

const whole = (max: number) => fc.integer({ min: 1, max });
const customer = fc.record({
  ...{ recencyDays: whole(400), frequency: whole(12), monetary: whole(90_000), units: whole(90_000) },
  gap: fc.option(fc.double({ min: 0.5, max: 90, noNaN: true }), { nil: Number.NaN }),
});
const CUSTOMERS = fc.sample(customer, { seed: 11, numRuns: 300 });
const column = (of: (one: (typeof CUSTOMERS)[number]) => number) => Float64Array.from(CUSTOMERS, of);
const customerId = CUSTOMERS.map((_, i) => `K${i}`);
const columns = {
  customerId,
  recencyDays: column(({ recencyDays }) => recencyDays),
  frequency: column(({ frequency }) => frequency),
  monetary: column(({ monetary }) => monetary / 100),
  features: new Map([
    ["units", column(({ units }) => units / 7)],
    ["gap_days_mean", column(({ gap }) => gap)],
  ]),
};

const measures = { frequency: "units", monetary: { name: "gap_days_mean", missing: -2 } };
const rules = {
  rules: [
    { name: "Quick", when: { r: [2, 3], gap_days_mean: { atLeast: 5, below: 40 } } },
    { name: "Once", when: { gap_days_mean: { missing: true }, frequency: { above: 3, atMost: 9 } } },
  ],
  ...{ overlaps: "first", otherwise: "Rest" },
};
const SETTINGS = [
  {},
  ...[2, 3, 7, 10].map((bins) => ({ scores: { bins } })),
  { scores: { bins: { recency: 3, frequency: 5, monetary: 10 } } },
  { scores: { bins: 4, method: "ntile" } },
  { scores: { bins: 3 }, segments: "klaviyo" },
  { scores: { method: "r-rfm" }, segments: "r-rfm" },
  { scores: { bins: 4, measures } },
  { scores: { bins: 4, measures, method: "ntile" }, segments: rules },
  { scores: { bins: 3, weights: { recency: 2, bands: 4 } }, segments: "bands" },
];

const PREDICT = `
import json, sys
import pandas as pd
sys.path.insert(0, sys.argv[1])
from rfm_segmentation_model import RfmSegmentation
cards, rows = json.load(sys.stdin)
frame = pd.DataFrame(rows)
print(json.dumps([RfmSegmentation(card).predict(frame).to_dict("list") for card in cards]))
`;

describe.skipIf("missing" in python)("the Python file of a model", () => {
  it("gives scores and segments as scoring here does, under every kind of setting", () => {
    const cards = SETTINGS.map((settings) => {
      const { scores, segments } = parseConfig(settings as never);
      const scoreMeasures = scoreMeasuresOf(scores.measures);
      const money = { ...columns, monetary: columns.monetary.map((value) => Math.round(value * 10_000)) };
      const measured = perMeasure((measure) =>
        scoreMeasures?.[measure] === undefined
          ? undefined
          : measuredColumn(columns, measure, scoreMeasures).map((value) => Math.round(value * 10_000)),
      );
      const counted = withMeasures(money, measured);
      const plan = { scorePlan: scorePlanOf(scores), bandPlan: bandPlanOf(scores), segments };
      const { rule } = ruleInMemory(plan, counted, []);
      const units = counted.perUnit ?? { recencyDays: 1, frequency: 1, monetary: 1 };
      const scoreEdges = perMeasure((measure) => rule.scoreEdges[measure].map((edge) => edge / units[measure]));
      return {
        ...smallCard(),
        ...rule,
        scoreEdges,
        ...(scoreMeasures === undefined ? {} : { scoreMeasures }),
      } as never;
    });
    const plain = (values: Float64Array) => Array.from(values, (value) => (Number.isNaN(value) ? null : value));
    const rows = {
      ...{ customer_id: customerId, recency_days: plain(columns.recencyDays), frequency: plain(columns.frequency) },
      monetary: plain(columns.monetary),
      ...Object.fromEntries([...columns.features].map(([name, values]) => [name, plain(values)])),
    };
    const folder = fileURLToPath(new URL("../../lib/workflow/mlflow", import.meta.url));
    const command = "command" in python ? python.command : "";
    const said = JSON.parse(
      execFileSync(command, ["-B", "-c", PREDICT, folder], { input: JSON.stringify([cards, rows]), encoding: "utf8" }),
    ) as Record<string, unknown[]>[];
    cards.forEach((card, at) => {
      const ours = scoreFeatures(card, columns);
      expect(new Set(ours.segment).size, JSON.stringify(SETTINGS[at])).toBeGreaterThan(2);
      expect([SETTINGS[at], said[at]?.r_score, said[at]?.f_score, said[at]?.m_score, said[at]?.rfm_segment]).toEqual([
        ...[SETTINGS[at], [...ours.rScore], [...ours.fScore], [...ours.mScore]],
        ours.segment,
      ]);
    });
  });
});
