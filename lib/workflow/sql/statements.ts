import type { Config } from "../../domain/config/config.ts";
import { scorePlanOf } from "../../domain/config/scoreSettings.ts";
import { MARTS, type MartContract, martsOver } from "../../tables/marts.ts";
import type { BacktestCut } from "../documents.ts";
import { runForecastStatements } from "../forecast/forecastPlan.ts";
import { attemptPrefix, curatedPrefix, historyPrefix, ingestPrefix } from "../lake/layout.ts";
import { tableStatements } from "../ledger/lakeVersion.ts";
import type { IngestState, RunIdentity, RunState } from "../steps/state.ts";
import type { StatementParameters } from "./parameters.ts";
import { policyParameters, scoreParameters, sqlTimestamp, windowStart } from "./policyParameters.ts";
import { renderStatementFrom } from "./render.ts";

export interface IngestStatementContext {
  readonly config: Config;
  readonly now: Date;
  readonly attempt: string;
  readonly lakeUri: string;
  /** The version that the lake's tables have before. */
  readonly lakeVersion: number;
  readonly codeVersion: string;
  /** The drop brings folders whole, so parts of them may be gone. */
  readonly hasFolders?: boolean;
}

export interface RunStatementContext {
  readonly config: Config;
  /** As of when the ledger is read. */
  readonly asOf: Date;
  readonly attempt: string;
  readonly lakeUri: string;
  readonly run: RunIdentity;
  /** The run whose customers are followed into this one; absent for none. */
  readonly previous?: { readonly runId: string; readonly attempt: string } | undefined;
  /** The back-test's cut; absent where the history is too short for one. */
  readonly cut?: BacktestCut | undefined;
}

/** Statements over the features that the clustering plan reads. */
export const FEATURE_STATEMENTS = [
  "features/feature_moments",
  "features/score_breakpoints",
  "features/feature_quantiles",
] as const;

/** About a small basket: below it asinh is nearly linear, above it nearly a logarithm. */
export const ASINH_SCALE = "10";

/** Statements from the tables up to the history, of one drop. */
export function renderIngestStatements(context: IngestStatementContext): IngestState["statements"] {
  const { config, now, attempt, lakeUri, lakeVersion, codeVersion } = context;
  const parameters: StatementParameters = {
    ...policyParameters(config, now),
    lake_uri: lakeUri,
    ingest_id: attempt,
    as_of: sqlTimestamp(now),
    committed_at: sqlTimestamp(now),
    cancellation_pattern: config.cancellationPattern,
    target_currency: config.currency.target ?? "",
    written_by: codeVersion,
  };
  const to = (prefix: string): StatementParameters => ({ ...parameters, output_uri: `${lakeUri}/${prefix}` });
  const ingestStage = (stage: string): StatementParameters => to(`${ingestPrefix(attempt)}${stage}/`);
  return {
    ensureTables: tableStatements(lakeVersion, { attempt, lakeUri }),
    clean: renderStatementFrom("ingest/clean_transactions", parameters),
    reconcile: [
      renderStatementFrom("ingest/reconcile_ingest", ingestStage("reconcile")),
      renderStatementFrom("ingest/profile_ingest", ingestStage("profile")),
      renderStatementFrom("ingest/earlier_ingests", ingestStage("earlier_drops")),
      renderStatementFrom("ingest/describe_overlap", ingestStage("overlap")),
      renderStatementFrom("ingest/find_shared_orders", parameters),
      ...(context.hasFolders === true ? [renderStatementFrom("ingest/gone_parts", ingestStage("gone_parts"))] : []),
    ],
    commit: renderStatementFrom("ingest/commit_ingest", parameters),
    history: [
      renderStatementFrom("ingest/describe_history", to(`${historyPrefix(attempt)}`)),
      renderStatementFrom("ingest/history_bounds", to(`${attemptPrefix(attempt)}bounds/`)),
      renderStatementFrom("ingest/history_statuses", to(`${attemptPrefix(attempt)}statuses/`)),
      // So that dropped rows can be looked at when nothing is left to segment; a run puts its own dates in.
      renderStatementFrom("ddl/rejects", { ...parameters, snapshot_date: "9999-12-31", window_start: "0001-01-01" }),
    ],
  };
}

/** Statements from the features to the summaries, of one run. */
export function renderRunStatements(context: RunStatementContext): RunState["statements"] {
  const { config, asOf, attempt, lakeUri, run, previous, cut } = context;
  const parameters: StatementParameters = {
    ...policyParameters(config, asOf),
    lake_uri: lakeUri,
    as_of: sqlTimestamp(asOf),
    attempt,
    run_id: run.runId,
    snapshot_date: run.snapshotDate,
    window_start: windowStart(run.snapshotDate, config.windowMonths),
    frequency_basis: config.frequencyBasis === "auto" ? "orders" : config.frequencyBasis,
    feature_names: config.clusters.features.map((feature) => feature.name).join(","),
    asinh_scale: ASINH_SCALE,
    ...scoreParameters(config),
    ...(previous === undefined ? {} : { previous_run_id: previous.runId, previous_attempt: previous.attempt }),
    ...(cut === undefined ? {} : { cut_date: cut.cutDate, sample_modulus: String(cut.sampledOneIn) }),
  };
  const into = (stage: string, name: string): string =>
    renderStatementFrom(name, {
      ...parameters,
      output_uri: `${lakeUri}/${curatedPrefix(run.runId, attempt)}${stage}/`,
    });
  const render = (name: string): string => into((name.split("/").at(-1) as string).replace(/^build_/, ""), name);
  const marts = (over: MartContract["over"]): string[] =>
    martsOver(over).map((name) => into(name, MARTS[name].statement));
  const methods = Object.values(scorePlanOf(config.scores)).map(({ method }) => method);
  const uses = (method: (typeof methods)[number]): boolean => methods.includes(method);
  const intervals = (until: string, stage: string): string =>
    renderStatementFrom("features/repeat_intervals", {
      ...{ ...parameters, cut_date: until, output_uri: `${lakeUri}/${curatedPrefix(run.runId, attempt)}${stage}/` },
    });
  return {
    returns: config.returns === "match" ? [render("features/returned_lines")] : [],
    features: render("features/build_features"),
    orders: render("features/build_orders"),
    describeFeatures: [...FEATURE_STATEMENTS, ...(uses("ntile") ? ["features/score_tiles"] : [])].map(render),
    marts: [
      ...marts("history"),
      ...(uses("repeat-interval") ? [intervals(run.snapshotDate, "repeat_intervals")] : []),
      ...(cut === undefined ? [] : [render("features/backtest_customers")]),
      ...(cut !== undefined && uses("repeat-interval") ? [intervals(cut.cutDate, "backtest_intervals")] : []),
      ...(config.forecast.enabled ? runForecastStatements(context) : []),
      renderStatementFrom("ddl/rejects", parameters),
    ],
    summaries: [...marts("segments"), ...(previous === undefined ? [] : marts("movement"))],
  };
}
