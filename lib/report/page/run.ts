import { featureName } from "../../domain/dashboard/analysisTitles.ts";
import { type Child, h } from "./dom.ts";
import type { Section } from "./shell.ts";
import { data, format } from "./state.ts";
import { renderTable } from "./table.ts";

/** Where the numbers come from: enough to make them again. */
export function runSection(): Section {
  return {
    id: "run",
    name: "Run",
    lead: "Where these numbers come from. The same files, settings and seed give the same bytes.",
    content: [identity(), method(), stages(), lineage()],
  };
}

function facts(title: string, list: readonly (readonly [string, string])[]): HTMLElement {
  const items: Child[] = list.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]);
  return h("figure", { class: "card span-6" }, h("h3", {}, title), h("dl", {}, ...items));
}

function identity(): HTMLElement {
  const { summary, model } = data;
  return facts("Identity", [
    ["Run", summary.runId],
    ["Attempt", summary.attempt],
    ["Planned at", summary.createdAt],
    ["Snapshot date", summary.snapshotDate],
    ["Model", model.modelVersion],
    ["Code", summary.codeVersion],
    ["Settings (digest)", model.configHash],
    ["Seed", String(model.seed)],
  ]);
}

function method(): HTMLElement {
  const { policy } = data.summary;
  const edges = (name: string, values: readonly number[]): readonly [string, string] => [
    `${name} score edges`,
    values.map((value) => format.decimal(value, 2)).join(" · "),
  ];
  const { scoreEdges, features } = data.model;
  return facts("Policy and method", [
    ["Returns", policy.returns],
    ["Duplicates", policy.duplicates],
    ["Window", policy.windowMonths === null ? "whole history" : `last ${policy.windowMonths} months`],
    ["Frequency counts", policy.frequencyBasis === "active_days" ? "days with a purchase" : "orders"],
    edges("Recency", scoreEdges.recencyDays),
    edges("Frequency", scoreEdges.frequency),
    edges("Monetary", scoreEdges.monetary),
    [
      "Clustering features",
      features.map(({ name, transform }) => `${featureName(name)} (${transform})`).join(", ") || "none vary",
    ],
  ]);
}

const STAGES: Readonly<Record<string, string>> = {
  clean: "Clean the drop",
  reconcile: "Balance the ledger",
  commit: "Commit",
  history: "Describe the history",
  features: "R, F and M",
  summaries: "Summaries by segment",
};

function stages(): HTMLElement {
  const { metered } = data.summary;
  const table = renderTable(
    {
      columns: [
        { name: "SQL stage" },
        { name: "statements", show: format.count },
        { name: "milliseconds", show: format.count },
      ],
      rows: data.stages.map(({ stage, statements, ms }) => [STAGES[stage] ?? stage, statements, ms]),
    },
    "Time in the SQL engine",
  );
  const megabytes = format.decimal(metered.bytesScanned / 1e6, 1);
  return h(
    "figure",
    { class: "card span-6" },
    h("h3", {}, "Time and cost"),
    table,
    h(
      "p",
      { class: "hint" },
      `${format.count(metered.statements)} metered statements read ${megabytes} MB. rfm cost turns sizes into a monthly bill.`,
    ),
  );
}

function lineage(): HTMLElement {
  const { sources } = data.model;
  const shown = sources.slice(-50);
  const table = renderTable(
    {
      columns: [
        { name: "source" },
        { name: "rows", show: format.count },
        { name: "content (SHA-256)" },
        { name: "ingest" },
      ],
      rows: shown.map(({ source, rows, contentHash, ingestId }) => [source, rows, contentHash.slice(0, 16), ingestId]),
    },
    sources.length > shown.length ? `Files, the last ${shown.length} of ${format.count(sources.length)}` : "Files",
  );
  return h(
    "figure",
    { class: "card span-6" },
    h("h3", {}, `Lineage: ${format.count(sources.length)} ${sources.length === 1 ? "file" : "files"}`),
    table,
  );
}
