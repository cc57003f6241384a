import { featureTitle } from "../../../domain/clustering/space/features.ts";
import { featureName } from "../../../domain/dashboard/analysisTitles.ts";
import { plural } from "../../../domain/dashboard/format.ts";
import { type Child, h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, format } from "../state.ts";
import { renderTable } from "../table.ts";
import { costCard } from "./cost.ts";
import { timingsCard } from "./timings.ts";

/** Where the numbers come from: enough to make them again. */
export function runSection(): Section {
  return {
    id: "run",
    name: "Run",
    lead: "Where these numbers come from. The same files, settings and seed give the same bytes.",
    content: [identity(), method(), timingsCard(), costCard(), settings(), lineage()],
  };
}

/** A code is what a machine reads: it stays as it is in every locale. */
const code = (text: string): HTMLElement => h("code", {}, text);

function facts(title: string, list: readonly (readonly [string, Child])[]): HTMLElement {
  const items: Child[] = list.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("figure", { class: "card span-6" }, h("h3", {}, title), h("dl", {}, ...items));
}

function identity(): HTMLElement {
  const { summary, model } = data;
  return facts("Identity", [
    ["Run", code(summary.runId)],
    ["Attempt", code(summary.attempt)],
    ["Planned at", format.moment(summary.createdAt)],
    ["Snapshot date", format.date(summary.snapshotDate)],
    ["Model", code(model.modelVersion)],
    ["Code", code(summary.codeVersion)],
    ["Seed", code(String(model.seed))],
  ]);
}

const FREQUENCY_WORDS: Readonly<Record<string, string>> = { active_days: "days with a purchase", lines: "lines" };

const TRANSFORM_WORDS: Readonly<Record<string, string>> = {
  log1p: "by its logarithm",
  asinh: "by its logarithm on both sides of zero",
  identity: "as it is",
};

function method(): HTMLElement {
  const { policy } = data.summary;
  const { scoreEdges, scoreMeasures = {}, features } = data.model;
  const edges = (name: string, measure: keyof typeof scoreEdges): readonly [string, string] => {
    const chosen = scoreMeasures[measure];
    const of = chosen === undefined ? "" : ` (of ${featureTitle(chosen.feature)})`;
    const values = scoreEdges[measure].map((value) => format.decimal(value, 2));
    return [`${name} breakpoints${of}`, values.join(" · ")];
  };
  return facts("Policy and method", [
    ["Returns", policy.returns],
    ["Duplicates", policy.duplicates],
    ["Window", policy.windowMonths === null ? "whole history" : `last ${plural(format, policy.windowMonths, "month")}`],
    ["Frequency counts", FREQUENCY_WORDS[policy.frequencyBasis] ?? "orders"],
    edges("Recency", "recencyDays"),
    edges("Frequency", "frequency"),
    edges("Monetary", "monetary"),
    [
      "Clustering features",
      features
        .map(({ name, transform }) => `${featureName(name)} (${TRANSFORM_WORDS[transform] ?? transform})`)
        .join(", ") || "none vary",
    ],
  ]);
}

/** The settings that somebody chose. */
function settings(): HTMLElement {
  const { configChanges, model } = data;
  const count = configChanges.length;
  const title =
    count === 0
      ? "Every setting is the default"
      : `${format.count(count)} ${count === 1 ? "setting is" : "settings are"} not the default`;
  return h(
    "figure",
    { class: "card bare span-6", id: "settings" },
    h("h3", {}, title),
    h("p", { class: "subtitle" }, "Digest of the settings that decide the result: ", code(model.configHash)),
    count > 0 &&
      renderTable(
        {
          columns: [{ name: "setting" }, { name: "value" }, { name: "default" }],
          rows: configChanges.map(({ setting, value, usual }) => [setting, value, usual]),
        },
        "Settings",
      ),
  );
}

function lineage(): HTMLElement {
  const { sources, sourceCount } = data.model;
  const rows = sources.reduce((sum, source) => sum + source.rows, 0);
  const isWhole = sources.length === sourceCount;
  return h(
    "figure",
    { class: `card ${isWhole ? "bare " : ""}span-6`, id: "lineage" },
    h(
      "h3",
      {},
      `Made from ${plural(format, sourceCount, "file")}${isWhole ? ` with ${plural(format, rows, "row")}` : ""}`,
    ),
    h("p", { class: "subtitle" }, "A changed file has another digest; run.json has all of its characters"),
    renderTable(
      {
        columns: [{ name: "file" }, { name: "rows", show: format.count }, { name: "digest of its content" }],
        rows: sources.map(({ source, rows, contentHash }) => [source, rows, contentHash]),
      },
      isWhole ? "Files" : `Files, the last ${format.count(sources.length)} by name`,
    ),
  );
}
