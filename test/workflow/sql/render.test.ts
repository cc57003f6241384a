import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { encodeParameter, type ParameterName } from "../../../lib/workflow/sql/parameters.ts";
import {
  createStatementRenderer,
  renderStatement,
  renderStatementFrom,
  statementParameters,
} from "../../../lib/workflow/sql/render.ts";

const directory = mkdtempSync(join(tmpdir(), "rfm-render-"));
mkdirSync(join(directory, "partials"));
writeFileSync(
  join(directory, "partials/lines.sql"),
  "-- {{as_of}}\nx >= '{{window_start}}' and x < '{{snapshot_date}}'",
);
writeFileSync(
  join(directory, "simple.sql"),
  "-- what it is\nselect '{{source}}' where {{> lines window_start=\"0001-01-01\"}}\n",
);
writeFileSync(join(directory, "wrong.sql"), "select '{{no_such}}'");
writeFileSync(join(directory, "bad_argument.sql"), 'select {{> lines window_start="soon"}}');
const { render, parametersOf, renderFrom } = createStatementRenderer(directory);
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("renderStatement", () => {
  it("includes partials with their arguments, drops comments and names the statement", () => {
    expect(render("simple", { source: "it's", snapshot_date: "2024-01-01" })).toBe(
      "-- simple\nselect 'it''s' where x >= '0001-01-01' and x < '2024-01-01'\n",
    );
    expect(parametersOf("simple")).toEqual(["snapshot_date", "source"]);
  });

  it("does not look for parameters in what a parameter brought", () => {
    expect(render("simple", { source: "{{snapshot_date}}", snapshot_date: "2024-01-01" })).toContain(
      "'{{snapshot_date}}'",
    );
    expect(render("simple", { source: "$& $1 $'", snapshot_date: "2024-01-01" })).toContain("'$& $1 $'''");
  });

  it.each([
    ["a missing parameter", "simple", { source: "a" }, /lacks snapshot_date/],
    ["a superfluous one", "simple", { source: "a", snapshot_date: "2024-01-01", run_id: "r" }, /does not use run_id/],
    ["an undeclared one", "wrong", {}, /undeclared parameter no_such/],
    ["an invalid one", "simple", { source: "a", snapshot_date: "2024-02-30" }, /snapshot_date must be an ISO date/],
    ["an invalid argument", "bad_argument", { snapshot_date: "2024-01-01" }, /window_start must be/],
  ])("refuses %s", (_case, name, parameters, message) => {
    expect(() => render(name, parameters)).toThrow(
      expect.objectContaining({ code: "SQL_PARAMETER", message: expect.stringMatching(message) }),
    );
  });

  it.each(["nothing", "../simple", "partials/lines/x", "simple.sql", "", "__proto__"])(
    "knows no statement %j",
    (name) => {
      expect(() => render(name, {})).toThrow(expect.objectContaining({ code: "SQL_STATEMENT" }));
    },
  );

  it("takes what it needs from a larger set, and still misses what is not there", () => {
    expect(renderFrom("simple", { source: "a", snapshot_date: "2024-01-01", run_id: "r" })).toContain("'a'");
    expect(() => renderFrom("simple", { source: "a" })).toThrow(/lacks snapshot_date/);
  });

  it("knows the product's statements", () => {
    expect(statementParameters("ingest/clean_transactions")).toEqual([
      "cancellation_pattern",
      "ingest_id",
      "target_currency",
    ]);
    expect(statementParameters("features/build_features")).toContain("snapshot_date");
    expect(renderStatement("ddl/ingests", { lake_uri: "s3://bucket/lake" })).toContain(
      "location 's3://bucket/lake/processed/ingests/'",
    );
    expect(() => renderStatementFrom("features/build_features", {})).toThrow(/lacks/);
  });
});

describe("a parameter's form", () => {
  it.each([
    ["ingest_id", "2011-12-10T08-26_a.1"],
    ["output_uri", "s3://bucket/curated/run_id=a/attempt=b/features/"],
    ["as_of", "2011-12-10 08:26:00.123456"],
    ["non_product_pattern", "(?i)^(POST|M|gift_.*|[A-Z]+\\d?CHARGES)$"],
    ["status_test_pattern", "^(probe|отмен|取消)[a-z]?$"],
    ["asinh_scale", "12.5"],
    ["feature_names", "recency_days,monetary"],
  ] as [ParameterName, string][])("%s takes %s", (name, value) => {
    expect(encodeParameter(name, value)).toBe(value);
  });

  it("spells white space out, which the engines do not agree on", () => {
    expect(encodeParameter("non_product_pattern", "^A\\s+\\S\\\\s$")).toBe("^A[\\t-\\r ]+[^\\t-\\r ]\\\\s$");
  });

  it.each([
    ["ingest_id", "a' or '1'='1"],
    ["ingest_id", "../a"],
    ["ingest_id", ""],
    ["output_uri", "s3://bucket/../x/"],
    ["output_uri", "s3://bucket/x"],
    ["output_uri", "s3://bucket/"],
    ["lake_uri", "s3://bucket/"],
    ["snapshot_date", "2023-02-29"],
    ["snapshot_date", "2024-1-1"],
    ["snapshot_date", "2024-01-01\n"],
    ["as_of", "2011-12-10T08:26:00Z"],
    ["returns", "Drop"],
    ["drop_non_products", "1"],
    ["source", "a\nb"],
    ["source", "a\0b"],
    ["cancellation_pattern", "[[:alpha:]]"],
    ["cancellation_pattern", "[A-Z&&[^C]]"],
    ["cancellation_pattern", "\\p{L}"],
    ["cancellation_pattern", "\\u0043"],
    ["cancellation_pattern", "[\\s-]"],
    ["cancellation_pattern", "(?=C)"],
    ["cancellation_pattern", "(?<n>C)"],
    ["cancellation_pattern", "(C)\\1"],
    ["cancellation_pattern", "C++"],
    ["cancellation_pattern", "^(C"],
    ["cancellation_pattern", "é"],
    ["status_test_pattern", "[éè]"],
    ["status_test_pattern", "Probe"],
    ["status_test_pattern", "(?i)probe"],
    ["status_test_pattern", "\\bprobe"],
    ["asinh_scale", "0"],
    ["asinh_scale", "0.00"],
    ["asinh_scale", "-1"],
    ["feature_names", "monetary, frequency"],
  ] as [ParameterName, string][])("%s refuses %j", (name, value) => {
    expect(() => encodeParameter(name, value)).toThrow(expect.objectContaining({ code: "SQL_PARAMETER" }));
  });

  it("never lets text out of its literal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        let encoded: string;
        try {
          encoded = encodeParameter("source", value);
        } catch {
          return;
        }
        expect(encoded.replaceAll("''", "")).not.toContain("'");
        expect(encoded.replaceAll("''", "'")).toBe(value);
      }),
    );
  });
});
