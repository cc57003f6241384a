import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { scorePlanOf } from "../../lib/domain/config/scoreSettings.ts";
import { momentsFromSums } from "../../lib/domain/model/moments.ts";
import { breakpointsOf } from "../../lib/domain/rfm/breakpoints.ts";
import { scoreColumns } from "../../lib/domain/rfm/scoreFeatures.ts";
import { scoreRfm } from "../../lib/domain/rfm/scoring.ts";
import type { StatementParameters } from "../../lib/workflow/sql/parameters.ts";
import { quantileEdges } from "../support/breakpointRows.ts";
import {
  createTestLake,
  hasGoldenData,
  loadOnlineRetail,
  P2,
  readFigures,
  readGolden,
  type TestLake,
} from "./onlineRetail.ts";

const POLICIES: Record<string, StatementParameters> = {
  P1: { ...P2, duplicates: "keep" },
  P2,
  P3: { ...P2, returns: "count", duplicates: "keep" },
  P3D: { ...P2, returns: "count" },
  P4: { ...P2, returns: "net" },
};

/** Money as whole thousandths, the precision of the golden files. */
const mills = (value: unknown) => {
  const [whole, fraction = ""] = String(value).replace("-", "").split(".");
  const scaled = BigInt(`${whole}${fraction.padEnd(4, "0").slice(0, 4)}`);
  expect(scaled % 10n).toBe(0n);
  return String(value).startsWith("-") ? -scaled / 10n : scaled / 10n;
};
/** Money as whole ten-thousandths: what decimal(18, 4) holds. */
const exact = (value: unknown) => BigInt(String(value).replace(".", ""));

describe.skipIf(!hasGoldenData)("Online Retail (the shared reference data is absent when skipped)", () => {
  let lake: TestLake;
  const figures = hasGoldenData ? readFigures() : undefined;

  beforeAll(async () => {
    lake = await createTestLake();
    await loadOnlineRetail(lake);
    await lake.run("ingest/clean_transactions", P2);
    await lake.run("ingest/commit_ingest", P2);
    for (const [policy, parameters] of Object.entries(POLICIES)) {
      await lake.run("features/build_features", {
        ...parameters,
        attempt: policy,
        output_uri: `s3://lake/curated/run_id=golden/attempt=${policy}/features/`,
      });
    }
    await lake.unload("features/build_orders", "P2", "orders", P2);
  });

  afterAll(() => lake?.remove());

  const features = (policy: string) =>
    lake.engine.query(`from '${lake.directory}/curated/run_id=golden/attempt=${policy}/features/*.parquet'`);

  it.each(Object.keys(POLICIES))("gives every customer of %s the reference features", async (policy) => {
    const rows = await features(policy);
    const expected = readGolden(`rfm_${policy}.csv`).sort((a, b) =>
      (a.customer_id as string) < (b.customer_id as string) ? -1 : 1,
    );
    expect(rows.map((row) => row.customer_id)).toEqual(expected.map((row) => row.customer_id));
    const actual = rows.map((row) => ({
      customer_id: row.customer_id,
      recency_days: String(row.recency_days),
      frequency: row.frequency,
      monetary: mills(row.monetary),
      active_days: row.active_days,
      lines: row.lines,
      units: exact(row.units),
      first_purchase: row.first_purchase,
      last_purchase: row.last_purchase,
    }));
    const wanted = expected.map((row) => ({
      customer_id: row.customer_id,
      recency_days: row.recency_days,
      frequency: row.frequency,
      monetary: mills(row.monetary),
      active_days: row.active_days,
      lines: row.lines,
      units: BigInt(row.units as string) * 10_000n,
      first_purchase: row.first_purchase?.slice(0, 10),
      last_purchase: row.last_purchase?.slice(0, 10),
    }));
    expect(actual).toEqual(wanted);
  });

  it("counts a customer's returns against the money, never as a visit", async () => {
    const rows = await features("P4");
    expect(rows.reduce((sum, row) => sum + exact(row.monetary), 0n)).toBe(82889306640n);
    const p2 = new Map((await features("P2")).map((row) => [String(row.customer_id), row]));
    for (const row of rows) {
      expect(exact(row.monetary) + exact(row.returns_amount)).toBe(exact(p2.get(row.customer_id as string)?.monetary));
    }
  });

  // A second implementation, in Python, that takes one return after the other matches 7,108 lines, 455,570.57.
  it("takes cancelled purchases back where returns are matched: the giants are gone", async () => {
    const policy = { ...P2, returns: "match" };
    await lake.unload("features/returned_lines", "match", "returned_lines", policy);
    const rows = await lake.unload("features/build_features", "match", "features", policy);
    expect(rows).toHaveLength(4327);
    expect(rows.reduce((sum, row) => sum + exact(row.monetary), 0n)).toBe(84317401040n);
    expect(rows.reduce((sum, row) => sum + Number(row.frequency), 0)).toBe(18392);
    expect(rows.reduce((sum, row) => sum + Number(row.lines), 0)).toBe(389890);
    const of = (id: string) => rows.find((row) => row.customer_id === id);
    // 74,215 pieces, cancelled sixteen minutes later; 80,995 pieces, cancelled after twelve.
    expect(of("12346")).toBeUndefined();
    expect(of("16446")).toMatchObject({ frequency: "1", monetary: "2.9000", returns_amount: "168469.6000" });
    const ledger = await lake.unload("features/history_ledger", "match", "history_ledger", policy);
    expect(ledger.find((row) => row.outcome === "matched_return")).toMatchObject({
      ...{ row_count: "7103", return_value: "455468.7900" },
    });
    const dropped = (await features("P2")).find((row) => row.customer_id === "12346");
    expect(dropped).toMatchObject({
      monetary: "77183.6000",
      returns_amount: "77183.6000",
      returns_taken_off: "0.0000",
    });
  });

  it("profiles the file as the reference does", async () => {
    const [profile] = await lake.unload("ingest/profile_ingest", "P2", "profile", P2);
    const q = figures.quality;
    expect(profile).toMatchObject({
      row_count: String(q.rows),
      customers: String(q.distinct_customers),
      orders: String(q.distinct_invoices),
      products: String(q.distinct_stock_codes),
      countries: String(q.distinct_countries),
      days: String(q.distinct_days),
      first_ordered_at: q.min_date,
      last_ordered_at: q.max_date,
      amount: "9747747.9340",
      quantity: `${q.sum_quantity}.0000`,
      missing_customer_rows: String(q.missing_customer_id),
      missing_description_rows: String(q.missing_description),
      duplicate_rows: String(q.exact_duplicate_rows_beyond_first),
      cancellation_rows: String(q.cancellation_rows),
      non_positive_quantity_rows: String(q.quantity_le_0),
      non_positive_price_rows: String(q.unit_price_le_0),
      invalid_rows: "0",
    });
  });

  it("balances the ledger to the row and the penny", async () => {
    const rows = await lake.unload("ingest/reconcile_ingest", "P2", "reconcile", P2);
    expect(rows.map(({ outcome, row_count }) => [outcome, row_count])).toEqual([
      ["cancellation", "8905"],
      ["duplicate", "5192"],
      ["kept", "392692"],
      ["missing_customer", "135080"],
      ["non_positive_price", "40"],
    ]);
    expect(rows.reduce((sum, row) => sum + exact(row.amount), 0n)).toBe(97477479340n);
    const history = await lake.unload("features/history_ledger", "P2", "ledger", P2);
    expect(history.map(({ outcome, row_count, amount }) => ({ outcome, row_count, amount }))).toEqual(
      rows.map(({ outcome, row_count, amount }) => ({ outcome, row_count, amount })),
    );
    const kept = (await features("P2")).reduce((sum, row) => sum + exact(row.monetary), 0n);
    expect(kept).toBe(exact(history.find((row) => row.outcome === "kept")?.line_value));
    await lake.run("ddl/rejects", P2);
    const [rejects] = await lake.engine.query("select count(*) as n, count(drop_reason) as reasons from rejects");
    expect(rejects).toEqual({ n: "149217", reasons: "149217" });
  });

  it("finds the span of the history without a snapshot", async () => {
    const [bounds] = await lake.unload("ingest/history_bounds", "P2", "bounds", { ...P2, snapshot_date: "2011-01-01" });
    expect(bounds).toEqual({
      first_date: "2010-12-01",
      last_date: "2011-12-09",
      row_count: "392692",
      customers: "4338",
      currency: null,
      currencies: "0",
    });
  });

  it.each(["P1", "P2", "P3"])("cuts %s at the reference edges and scores every customer alike", async (policy) => {
    const rows = await lake.unload("features/score_breakpoints", policy, "edges", P2);
    const edges = quantileEdges(rows);
    const expected = figures.scores[policy].qcut_edges;
    for (const [mine, theirs] of [
      [edges.recencyDays, expected.recency],
      [edges.frequency, expected.frequency],
      [edges.monetary, expected.monetary],
    ]) {
      expect(mine).toHaveLength(4);
      for (const [i, edge] of mine.entries()) expect(edge).toBeCloseTo(theirs[i], 9);
    }
    const golden = new Map(readGolden(`scores_${policy}.csv`).map((row) => [row.customer_id, row]));
    const scored = await features(policy);
    expect(scored).toHaveLength(golden.size);
    for (const row of scored) {
      const scores = scoreRfm(edges, Number(row.recency_days), Number(row.frequency), Number(row.monetary));
      const wanted = golden.get(row.customer_id as string);
      expect([row.customer_id, scores.rScore, scores.fScore, scores.mScore].join()).toBe(
        [row.customer_id, wanted?.r_qcut, wanted?.f_qcut, wanted?.m_qcut].join(),
      );
    }
  });

  it.each([3, 4, 5, 10])("cuts %d tiles as ntile does over value and digest", async (bins) => {
    const parameters = { ...P2, recency_bins: `${bins}`, frequency_bins: `${bins}`, monetary_bins: `${bins}` };
    const of = { frequency: "frequency", monetary: "monetary", recency_days: "-recency_days" };
    const scored = await features("P2");
    const tiles = (await lake.unload("features/score_tiles", "P2", `tiles${bins}`, parameters)).map((row) => ({
      ...{ measure: String(row.measure), edge_number: Number(row.edge_number) },
      ...{ edge: Number(row.edge), tie_key: String(row.tie_key) },
    }));
    const plan = scorePlanOf(parseConfig({ scores: { method: "ntile", bins } }).scores);
    const column = (name: string) => Float64Array.from(scored, (row) => Number(row[name]));
    const scores = scoreColumns(breakpointsOf(plan, { quantiles: [], tiles }), {
      customerId: scored.map((row) => String(row.customer_id)),
      ...{ recencyDays: column("recency_days"), frequency: column("frequency"), monetary: column("monetary") },
    });
    const ids = scored.map((row) => row.customer_id);
    for (const [measure, order] of Object.entries(of)) {
      const rows = await lake.engine.query(
        `select customer_id, ntile(${bins}) over (order by ${order}, hex(md5(encode(customer_id)))) as tile
         from '${lake.directory}/curated/run_id=golden/attempt=P2/features/*.parquet'`,
      );
      const expected = new Map(rows.map((row) => [row.customer_id, Number(row.tile)]));
      const mine = { frequency: scores.fScore, monetary: scores.mScore, recency_days: scores.rScore }[measure];
      expect([...(mine ?? [])]).toEqual(ids.map((id) => expected.get(id as string)));
    }
  });

  it("sums the transformed features to the reference means and deviations", async () => {
    const rows = await lake.unload("features/feature_moments", "P2", "moments", P2);
    const of = (feature: string, transform: string) => {
      const row = rows.find((candidate) => candidate.feature === feature && candidate.transform === transform);
      return momentsFromSums({
        n: Number(row?.defined_rows),
        sum: String(row?.sum),
        sumOfSquares: String(row?.sum_of_squares),
      });
    };
    const c = figures.clustering;
    ["recency_days", "frequency", "monetary"].forEach((feature, i) => {
      expect(of(feature, "log1p").mean).toBeCloseTo(c.log1p_mean[i], 10);
      expect(Math.sqrt(of(feature, "log1p").variance)).toBeCloseTo(c.log1p_std_population[i], 10);
      expect(of(feature, "identity").mean).toBeCloseTo(c.plain_mean[i], 8);
      expect(Math.sqrt(of(feature, "identity").variance)).toBeCloseTo(c.plain_std_population[i], 8);
    });
  });

  it("gives quantiles as numpy does", async () => {
    const rows = await lake.unload("features/feature_quantiles", "P2", "quantiles", P2);
    const stats = figures.rfm.P2;
    const names: Record<string, string> = {
      "0": "min",
      "25": "p25",
      "50": "median",
      "75": "p75",
      "99": "p99",
      "100": "max",
    };
    const groups: Record<string, Record<string, number>> = {
      recency_days: stats["recency_days(date-truncated)"],
      frequency: stats.frequency,
      monetary: stats.monetary,
    };
    const checked = rows.filter((row) => names[String(row.percentile)] !== undefined);
    expect(checked).toHaveLength(18);
    for (const row of checked) {
      expect(row.quantile).toBeCloseTo(
        groups[row.measure as string]?.[names[String(row.percentile)] as string] as number,
        8,
      );
    }
  });

  const sales = (row: Record<string, unknown> | undefined) => ({
    revenue: Number(row?.revenue),
    orders: Number(row?.orders),
    customers: Number(row?.customers),
    units: Number(row?.units),
    lines: Number(row?.lines),
    aov: Number(Number(row?.average_order_value).toFixed(8)),
  });
  const rounded = (figure: Record<string, number>) => ({ ...figure, aov: Number((figure.aov as number).toFixed(8)) });
  const roundedAll = (group: Record<string, Record<string, number>>) =>
    Object.fromEntries(Object.entries(group).map(([key, figure]) => [key, rounded(figure)]));

  it.each([
    ["marts/by_month", "by_month", (row: Record<string, unknown>) => String(row.order_month).slice(0, 7)],
    ["marts/by_country", "by_country", (row: Record<string, unknown>) => String(row.country)],
  ])("builds %s like the reference", async (statement, figure, key) => {
    const rows = await lake.unload(statement, "P2", statement, P2);
    expect(Object.fromEntries(rows.map((row) => [key(row), sales(row)]))).toEqual(roundedAll(figures.marts[figure]));
  });

  it("builds the total, the weekdays and the hours like the reference", async () => {
    const [total] = await lake.unload("marts/totals", "P2", "totals", P2);
    expect(sales(total)).toEqual(rounded(figures.marts.total));
    const rows = await lake.unload("marts/by_weekday_hour", "P2", "hours", P2);
    const weekdays = rows.filter((row) => row.order_hour === null);
    const hours = rows.filter((row) => row.weekday === null);
    expect(Object.fromEntries(weekdays.map((row) => [Number(row.weekday) - 1, sales(row)]))).toEqual(
      roundedAll(figures.marts["by_weekday(0=Mon)"]),
    );
    expect(Object.fromEntries(hours.map((row) => [row.order_hour, sales(row)]))).toEqual(
      roundedAll(figures.marts.by_hour),
    );
    const cells = rows.filter((row) => row.order_hour !== null && row.weekday !== null);
    expect(cells.reduce((sum, row) => sum + exact(row.revenue), 0n)).toBe(exact(total?.revenue));
  });

  it("builds days, categories and payment methods that add up to the total", async () => {
    for (const mart of ["marts/by_day", "marts/by_category", "marts/by_payment_method"]) {
      const rows = await lake.unload(mart, "P2", mart, P2);
      expect(
        rows.reduce((sum, row) => sum + exact(row.revenue), 0n),
        mart,
      ).toBe(88872088940n);
    }
  });

  it("ranks the products like the reference", async () => {
    const rows = await lake.unload("marts/by_product", "P2", "products", P2);
    const top = figures.marts.top20_products_by_revenue;
    expect(rows.slice(0, 20).map((row) => [row.product_id, Number(row.revenue), Number(row.units)])).toEqual(
      top.map((product: Record<string, unknown>) => [product.stock_code, product.revenue, product.units]),
    );
  });

  it("knows at a cut what the daily feed knew on that day, and all that followed", async () => {
    const rows = await lake.unload("features/backtest_customers", "P2", "backtest", P2);
    const checkpoint = readGolden("checkpoints.csv").find((row) => row.through === "2011-09-30" && row.policy === "P2");
    const total = (of: (row: Record<string, unknown>) => bigint) => rows.reduce((sum, row) => sum + of(row), 0n);
    expect(rows.length).toBe(Number(checkpoint?.customers));
    expect(total((row) => BigInt(row.recency_days as number))).toBe(BigInt(checkpoint?.sum_recency as string));
    expect(total((row) => BigInt(row.frequency as string))).toBe(BigInt(checkpoint?.sum_frequency as string));
    expect(total((row) => exact(row.monetary))).toBe(exact(`${checkpoint?.sum_monetary}0`));
    const all = new Map((await features("P2")).map((row) => [String(row.customer_id), row]));
    for (const row of rows) {
      const whole = all.get(String(row.customer_id));
      expect(exact(row.monetary) + exact(row.holdout_spend), String(row.customer_id)).toBe(exact(whole?.monetary));
      expect(Number(row.frequency) + Number(row.holdout_orders)).toBe(Number(whole?.frequency));
    }
    const sample = await lake.unload("features/backtest_customers", "P2", "backtest_sample", {
      ...P2,
      sample_modulus: "7",
    });
    expect(sample).toEqual(rows.filter((_, at) => (at + 1) % 7 === 0));
  });

  it("tells new customers from returning ones, and follows cohorts, like the reference", async () => {
    const months = await lake.unload("marts/new_and_returning", "P2", "new", P2);
    const actual = Object.fromEntries(
      months.map((row) => [
        String(row.order_month).slice(0, 7),
        {
          new_customers: Number(row.new_customers),
          returning_customers: Number(row.returning_customers),
          new_revenue: Number(row.new_revenue),
          returning_revenue: Number(row.returning_revenue),
        },
      ]),
    );
    expect(actual).toEqual(figures.marts.new_vs_returning_by_month);
    const cohorts = await lake.unload("marts/cohorts", "P2", "cohorts", P2);
    for (const [month, counts] of Object.entries(figures.marts.cohort_retention_counts as Record<string, number[]>)) {
      const mine = cohorts.filter((row) => row.cohort_month === `${month}-01`);
      const filled = counts.map((_, i) => Number(mine.find((row) => row.months_since_first === i)?.customers ?? 0));
      expect(filled, month).toEqual(counts);
    }
  });

  it.each(["P2", "P3"])("measures the concentration of %s like the reference", async (policy) => {
    const c = figures.rfm[policy].concentration;
    const curve = await lake.unload("marts/concentration", policy, "concentration", P2);
    const [summary] = await lake.unload("marts/concentration_summary", policy, "summary", P2);
    for (const percent of [1, 5, 10, 20, 50]) {
      const point = curve.find((row) => row.top_percent === percent);
      expect(Number(point?.customers)).toBe(c[`top_${percent}pct_customers`]);
      expect(Number(point?.revenue) / Number(summary?.revenue)).toBeCloseTo(c[`top_${percent}pct_share`], 12);
    }
    expect(curve).toHaveLength(101);
    expect(summary).toMatchObject({ customers_for_80_percent: String(c.customers_for_80pct_revenue) });
    expect(summary?.top_customer_share).toBeCloseTo(c.top_customer_share, 12);
    expect(summary?.gini).toBeCloseTo(c.gini ?? c.gini_raw, 10);
    expect(summary?.gini_clipped).toBeCloseTo(c.gini ?? c.gini_negatives_clipped_to_0, 10);
  });
});
