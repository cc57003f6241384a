import type { Config } from "../../domain/config/config.ts";
import { scoreMeasuresOf } from "../../domain/config/measureSettings.ts";
import { runFeatures } from "../../domain/config/runFeatures.ts";
import { scorePlanOf } from "../../domain/config/scoreSettings.ts";
import { MARTS, type MartContract, martsOver } from "../../tables/marts.ts";
import { STAGES } from "../../tables/stages.ts";
import type { BacktestCut } from "../documents.ts";
import { runForecastStatements } from "../forecast/forecastPlan.ts";
import { attemptPrefix, curatedPrefix, ingestPrefix } from "../lake/layout.ts";
import { tableStatements, versionAfter } from "../ledger/lakeVersion.ts";
import type { IngestState, RunIdentity, RunState } from "../steps/state.ts";
import { type UnloadTable, unloadsOf } from "./combineUnloads.ts";
import { featureParameters, featuresStatement, measuresAsOf } from "./featureParameters.ts";
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
  /** Keys of features that the run before was scored by. */
  readonly carriedFeatures?: readonly string[] | undefined;
  /** The back-test's cut; absent where the history is too short for one. */
  readonly cut?: BacktestCut | undefined;
}

/** The statement of each stage that a statement of several tables unloads. */
export const STAGE_STATEMENTS = {
  reconcile: "ingest/reconcile_ingest",
  profile: "ingest/profile_ingest",
  earlier_drops: "ingest/earlier_ingests",
  overlap: "ingest/describe_overlap",
  gone_parts: "ingest/gone_parts",
  history: "ingest/describe_history",
  bounds: "ingest/history_bounds",
  statuses: "ingest/history_statuses",
  feature_moments: "features/feature_moments",
  score_breakpoints: "features/score_breakpoints",
  feature_quantiles: "features/feature_quantiles",
} as const satisfies Partial<Record<keyof typeof STAGES, string>>;

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
  const stages = (names: readonly CombinedStage[], prefix: string): string[] =>
    unloadsOf(stagesOf(names), parameters, `${lakeUri}/${prefix}`);
  return {
    ensureTables: tableStatements(lakeVersion, lakeUri, versionAfter(lakeVersion, config)),
    clean: renderStatementFrom(
      Object.keys(config.fileColumns).length === 0 ? "ingest/clean_transactions" : "ingest/clean_file_columns",
      parameters,
    ),
    reconcile: [
      ...stages(
        [
          "reconcile",
          "profile",
          "earlier_drops",
          "overlap",
          ...(context.hasFolders === true ? (["gone_parts"] as const) : []),
        ],
        ingestPrefix(attempt),
      ),
      renderStatementFrom("ingest/find_shared_orders", parameters),
    ],
    commit: renderStatementFrom("ingest/commit_ingest", parameters),
    history: [
      ...stages(["history", "bounds", "statuses"], attemptPrefix(attempt)),
      // So that dropped rows can be looked at when nothing is left to segment; a run puts its own dates in.
      renderStatementFrom("ddl/rejects", { ...parameters, snapshot_date: "9999-12-31", window_start: "0001-01-01" }),
    ],
  };
}

/** Statements from the features to the summaries, of one run. */
export function renderRunStatements(context: RunStatementContext): RunState["statements"] {
  const { config, asOf, attempt, lakeUri, run, previous, cut } = context;
  const features = runFeatures(config, context.carriedFeatures);
  const parameters: StatementParameters = {
    ...policyParameters(config, asOf),
    lake_uri: lakeUri,
    as_of: sqlTimestamp(asOf),
    attempt,
    run_id: run.runId,
    snapshot_date: run.snapshotDate,
    window_start: windowStart(run.snapshotDate, config.windowMonths),
    frequency_basis: config.frequencyBasis === "auto" ? "orders" : config.frequencyBasis,
    ...featureParameters({
      ...{ all: features, clustered: config.clusters.features, until: run.snapshotDate },
      scoreMeasures: scoreMeasuresOf(config.scores.measures),
    }),
    asinh_scale: ASINH_SCALE,
    ...scoreParameters(config),
    ...(previous === undefined ? {} : { previous_run_id: previous.runId, previous_attempt: previous.attempt }),
    ...(cut === undefined ? {} : { cut_date: cut.cutDate, sample_modulus: String(cut.sampledOneIn) }),
  };
  const outputUri = `${lakeUri}/${curatedPrefix(run.runId, attempt)}`;
  const into = (stage: string, name: string): string =>
    renderStatementFrom(name, { ...parameters, output_uri: `${outputUri}${stage}/` });
  const render = (name: string): string => into((name.split("/").at(-1) as string).replace(/^build_/, ""), name);
  const marts = (...over: readonly MartContract["over"][]): string[] => {
    const tables = over
      .flatMap(martsOver)
      .map((name) => ({ name, contract: MARTS[name], source: MARTS[name].statement }));
    return unloadsOf(tables, parameters, outputUri);
  };
  const methods = Object.values(scorePlanOf(config.scores)).map(({ method }) => method);
  const uses = (method: (typeof methods)[number]): boolean => methods.includes(method);
  const intervals = (until: string, stage: string): string =>
    renderStatementFrom("features/repeat_intervals", {
      ...{ ...parameters, cut_date: until, output_uri: `${outputUri}${stage}/` },
    });
  const backtest = ({ cutDate }: BacktestCut): string =>
    renderStatementFrom("features/backtest_customers", {
      ...{ ...parameters, ...measuresAsOf(cutDate, config), output_uri: `${outputUri}backtest_customers/` },
    });
  return {
    returns: config.returns === "match" ? [render("features/returned_lines")] : [],
    features: into("features", featuresStatement(features)),
    orders: render("features/build_orders"),
    describeFeatures: [
      ...unloadsOf(stagesOf(["feature_moments", "score_breakpoints", "feature_quantiles"]), parameters, outputUri),
      ...(uses("ntile") ? [render("features/score_tiles")] : []),
      ...marts("lines"),
    ],
    marts: [
      ...marts("orders"),
      ...(uses("repeat-interval") ? [intervals(run.snapshotDate, "repeat_intervals")] : []),
      ...(cut === undefined ? [] : [backtest(cut)]),
      ...(cut !== undefined && uses("repeat-interval") ? [intervals(cut.cutDate, "backtest_intervals")] : []),
      ...(config.forecast.enabled ? runForecastStatements(context) : []),
      renderStatementFrom("ddl/rejects", parameters),
    ],
    summaries: previous === undefined ? marts("segments") : marts("segments", "movement"),
  };
}

type CombinedStage = keyof typeof STAGE_STATEMENTS;

const stagesOf = (names: readonly CombinedStage[]): UnloadTable[] =>
  names.map((name) => ({ name, contract: STAGES[name], source: STAGE_STATEMENTS[name] }));
