import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { DEFAULT_STATUS_PATTERNS, meaningOfStatus, STATUS_GROUPS } from "../../../lib/domain/quality/statuses.ts";
import words from "../../../lib/domain/quality/statusWords.json" with { type: "json" };
import { PARAMETERS } from "../../../lib/workflow/sql/parameters.ts";
import { statusParameters } from "../../../lib/workflow/sql/policyParameters.ts";
import { STATUSES } from "../../support/statusExamples.ts";

const CASES = Object.entries(STATUSES).flatMap(([language, meanings]) =>
  Object.entries(meanings).flatMap(([meaning, all]) => all.map((status) => ({ language, status, meaning }))),
);

describe("the words of statuses", () => {
  it.each(Object.keys(STATUSES))("in %s", (wanted) => {
    const own = CASES.filter(({ language }) => language === wanted);
    const found = own.map(({ status }) => [status, meaningOfStatus(status, DEFAULT_STATUS_PATTERNS)]);
    expect(found).toEqual(own.map(({ status, meaning }) => [status, meaning]));
  });

  it("are words: parts of others mean nothing", () => {
    for (const status of ["Avoidance", "Contest", "Latest version", "Zzz", "Cancun", "Annuity"]) {
      expect([status, meaningOfStatus(status, DEFAULT_STATUS_PATTERNS)]).toEqual([status, "unknown"]);
    }
  });

  it("cover thirty languages for what cancels and what gives back", () => {
    expect(Object.keys(words.cancelled)).toHaveLength(30);
    expect(Object.keys(words.refunded)).toEqual(Object.keys(words.cancelled));
    expect(Object.keys(words.ordinary)).toEqual(Object.keys(words.cancelled));
  });

  it("mean the same in SQL", async () => {
    const parameters = statusParameters(DEFAULT_STATUS_PATTERNS);
    for (const [name, pattern] of Object.entries(parameters)) {
      expect([name, PARAMETERS[name as keyof typeof PARAMETERS].pattern.test(pattern)]).toEqual([name, true]);
    }
    const matches = (key: string): string =>
      `regexp_matches(lower(s), '${(parameters[key] as string).replaceAll("'", "''")}')`;
    const groups = STATUS_GROUPS.map((group) => `when ${matches(`status_${group}_pattern`)} then '${group}'`).join(" ");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const values = CASES.map(({ status }) => `('${status.replaceAll("'", "''")}')`).join(", ");
    const rows = await connection.runAndReadAll(
      `select s, case when ${matches("status_keep_pattern")} then 'kept' when ${matches("status_return_pattern")} then 'returns' ${groups} else 'kept' end
       from (values ${values}) as statuses(s)`,
    );
    expect(rows.getRows()).toEqual(CASES.map(({ status, meaning }) => [status, meaning]));
    connection.closeSync();
  });
});
