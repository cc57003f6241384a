import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DuckDbEngine, openDuckDbEngine } from "../../lib/local/duckdb/index.ts";

/** Expressions and what Trino's documentation, or the SQL standard that it follows, says they are. */
const CASES: readonly (readonly [expression: string, result: unknown])[] = [
  ["regexp_like('1a 2b 14m', '\\d+b')", true],
  ["regexp_like('1a 2b 14m', '^\\d+b')", false],
  ["regexp_like(cast(null as varchar), 'a')", null],
  ["trim('  abc  ')", "abc"],
  ["trim(chr(9) || 'a b' || chr(10) || chr(8195) || chr(12288))", "a b"],
  ["trim('')", ""],
  ["length(trim(chr(160) || 'a'))", "2"],
  ["date_diff('day', date '2020-03-01', date '2020-03-02')", "1"],
  ["date_diff('day', date '2020-02-28', date '2020-03-01')", "2"],
  ["date_diff('day', date '2020-03-02', date '2020-03-01')", "-1"],
  ["cast(date_trunc('month', date '2022-10-20') as date)", "2022-10-01"],
  ["day_of_week(date '2024-01-01')", "1"],
  ["day_of_week(date '2024-01-07')", "7"],
  ["hour(timestamp '2022-10-20 05:10:00')", "5"],
  ["year(date '2022-10-20') * 100 + month(date '2022-10-20')", "202210"],
  ["7 / 2", 3],
  ["-7 / 2", -3],
  ["mod(-7, 2)", -1],
  ["mod(cast(7 as bigint), 100)", "7"],
  ["substr('17850.0', 1, length('17850.0') - 2)", "17850"],
  ["strpos(',a,b,', ',b,')", "3"],
  ["strpos(',a,b,', ',c,')", "0"],
  ["'a' || cast(null as varchar)", null],
  ["nullif('', '')", null],
  ["cast(date '2012-08-08' as varchar)", "2012-08-08"],
  ["cast(cast(1.5 as decimal(38, 4)) as varchar)", "1.5000"],
  ["cast(cast(-0.5 as decimal(38, 4)) as varchar)", "-0.5000"],
  ["cast(0 as decimal(38, 4))", "0.0000"],
  ["try_cast('1.00005' as decimal(18, 4))", "1.0001"],
  ["try_cast('-1.00005' as decimal(18, 4))", "-1.0001"],
  ["try_cast('100000000000000' as decimal(18, 4))", null],
  ["cast(cast(0.00005 as decimal(38, 12)) as decimal(18, 4))", "0.0001"],
  ["try_cast('2011-02-29' as timestamp(6))", null],
  ["try_cast('2012-02-29' as timestamp(6))", "2012-02-29 00:00:00"],
  ["cast(timestamp '2012-02-29 23:59:59.999999' as date)", "2012-02-29"],
  ["ln(1e0)", 0],
  ["1 = cast(null as integer) or true", true],
  ["abs(cast(-2.5 as decimal(18, 4)))", "2.5000"],
  ["(select count_if(a > 1) from (values (1), (2), (null)) as t (a))", "1"],
  ["(select sum(a) from (values (1), (null)) as t (a))", "1"],
  ["(select count(*) from unnest(sequence(0, 100)) as t (a))", "101"],
  ["(select a from (values (1), (null), (0)) as t (a) order by a limit 1 offset 2)", null],
  ["(select a from (values (1), (null), (0)) as t (a) order by a desc limit 1 offset 2)", null],
];

describe("Trino's functions in the local engine", () => {
  let engine: DuckDbEngine;
  const lakeDirectory = mkdtempSync(join(tmpdir(), "rfm-functions-"));
  beforeAll(async () => {
    engine = await openDuckDbEngine({ lakeDirectory, threads: 1, tempDirectory: join(lakeDirectory, "tmp") });
  });
  afterAll(() => {
    engine.close();
    rmSync(lakeDirectory, { recursive: true, force: true });
  });

  it.each(CASES)("%s", async (expression, result) => {
    expect(await engine.query(`select ${expression} as result`)).toEqual([{ result }]);
  });
});
