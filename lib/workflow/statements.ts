import type { Config } from "../domain/config.ts";
import { attemptPrefix, curatedPrefix, historyPrefix, ingestPrefix } from "./layout.ts";
import { policyParameters, sqlTimestamp, windowStart } from "./policyParameters.ts";
import type { StatementParameters } from "./sql/parameters.ts";
import { renderStatementFrom } from "./sql/render.ts";
import type { IngestState, RunIdentity, RunState } from "./steps/state.ts";

export interface IngestStatementContext {
  readonly config: Config;
  readonly now: Date;
  readonly attempt: string;
  readonly lakeUri: string;
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

/** From when on spending is held out, and every so-manieth customer that is looked at. */
export interface BacktestCut {
  /** ISO date. */
  readonly cutDate: string;
  readonly sampledOneIn: number;
}

/** Statements over the features that the clustering plan reads. */
export const FEATURE_STATEMENTS = ["feature_moments", "score_edges", "feature_quantiles"] as const;

/** Marts of every run; the folder of a mart is its name. */
export const MART_STATEMENTS = [
  "history_ledger",
  "returns_only_customers",
  "marts/totals",
  "marts/by_month",
  "marts/by_day",
  "marts/by_country",
  "marts/by_weekday_hour",
  "marts/by_product",
  "marts/new_and_returning",
  "marts/cohorts",
  "marts/concentration",
  "marts/concentration_summary",
  "marts/by_category",
  "marts/by_payment_method",
] as const;

/** About a small basket: below it asinh is nearly linear, above it nearly a logarithm. */
export const ASINH_SCALE = "10";

/** Statements over the scored segments. */
export const SUMMARY_STATEMENTS = [
  "segment_summary",
  "cluster_summary",
  "segment_by_cluster",
  "dominant_customers",
  "segment_sales",
  "segment_products",
  "customer_map",
  "score_cells",
] as const;

/** Statements over the scored segments and those of the run before, where there is one. */
export const MOVEMENT_STATEMENTS = ["migrations", "migration_matrix"] as const;

/** Statements from the tables up to the history, of one drop. */
export function renderIngestStatements(context: IngestStatementContext): IngestState["statements"] {
  const { config, now, attempt, lakeUri } = context;
  const parameters: StatementParameters = {
    ...policyParameters(config, now),
    lake_uri: lakeUri,
    ingest_id: attempt,
    as_of: sqlTimestamp(now),
    committed_at: sqlTimestamp(now),
    cancellation_pattern: config.cancellationPattern,
    target_currency: config.currency.target ?? "",
  };
  const to = (prefix: string): StatementParameters => ({ ...parameters, output_uri: `${lakeUri}/${prefix}` });
  const ingestStage = (stage: string): StatementParameters => to(`${ingestPrefix(attempt)}${stage}/`);
  return {
    ensureTables: ["ddl/transactions", "ddl/ingests", "ddl/shared_orders"].map((name) =>
      renderStatementFrom(name, parameters),
    ),
    clean: renderStatementFrom("clean_transactions", parameters),
    reconcile: [
      renderStatementFrom("reconcile_ingest", ingestStage("reconcile")),
      renderStatementFrom("profile_ingest", ingestStage("profile")),
      renderStatementFrom("earlier_drops", ingestStage("earlier_drops")),
      renderStatementFrom("describe_overlap", ingestStage("overlap")),
      renderStatementFrom("find_shared_orders", parameters),
      ...(context.hasFolders === true ? [renderStatementFrom("gone_parts", ingestStage("gone_parts"))] : []),
    ],
    commit: renderStatementFrom("commit_ingest", parameters),
    history: [
      renderStatementFrom("describe_history", to(`${historyPrefix(attempt)}`)),
      renderStatementFrom("history_bounds", to(`${attemptPrefix(attempt)}bounds/`)),
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
    ...(previous === undefined ? {} : { previous_run_id: previous.runId, previous_attempt: previous.attempt }),
    ...(cut === undefined ? {} : { cut_date: cut.cutDate, sample_modulus: String(cut.sampledOneIn) }),
  };
  const render = (name: string): string => {
    const stage = (name.split("/").at(-1) as string).replace(/^build_/, "");
    return renderStatementFrom(name, {
      ...parameters,
      output_uri: `${lakeUri}/${curatedPrefix(run.runId, attempt)}${stage}/`,
    });
  };
  return {
    features: render("build_features"),
    orders: render("build_orders"),
    describeFeatures: FEATURE_STATEMENTS.map(render),
    marts: [
      ...MART_STATEMENTS.map(render),
      ...(cut === undefined ? [] : [render("backtest_customers")]),
      renderStatementFrom("ddl/rejects", parameters),
    ],
    summaries: [...SUMMARY_STATEMENTS, ...(previous === undefined ? [] : MOVEMENT_STATEMENTS)].map(render),
  };
}
