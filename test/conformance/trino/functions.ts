import fc from "fast-check";
import { expect, it } from "vitest";
import type { DuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { encodeParameter } from "../../../lib/workflow/sql/parameters.ts";
import { TRINO_FUNCTION_CASES } from "../../local/trinoFunctionCases.ts";
import type { TrinoQuery } from "./client.ts";
import { canonicalValue } from "./judge.ts";

interface Engines {
  readonly trino: TrinoQuery;
  readonly local: DuckDbEngine["query"];
}

/** Every code point but NUL and the surrogates, as column `n`. */
const CODE_POINTS = `(
  select cast(hundreds * 5000 + ones as integer) as n
  from unnest(sequence(0, 222)) as a (hundreds) cross join unnest(sequence(0, 4999)) as b (ones)
) as points where n between 1 and 1114111 and not n between 55296 and 57343`;

/** Patterns that a user may give, by what they use; blanks between them. Those that are refused are not judged. */
const PATTERNS = String.raw`^[Cc][0-9] ^C ^(POST|D|M|BANK[ ]CHARGES)$ (?i)^post$ (?i)straße (?i)ÉK ^.$ ^..$ a.b (?:ab)+
  ^\d+$ ^\D$ ^\w+$ ^\W$ ^\s$ ^\S+$ a\sb [\s] [^a] ^[^0-9]+$ ^a{2,3}$ a+?b x* x|y ^$ $ [[:alpha:]] ^[[:digit:]]+$ \. \\ \\s [.]
  [a-c] \t \n \$ it's a$ ^b [\d-] [\w.] ^\p{L}$ ^\pN+$ \x41 []a] a{,2} } a{ [^\d] a++ \bM (?=a) \u0041 \cA \f [a&&b] [a-[b]]`
  .split(/\s+/)
  .filter(isAllowed);
const TEXTS = [
  ...String.raw`a A aa aaa ab abab b C1 c77 CARD POST post Post M m D it's . \ $ é É ék STRASSE straße ß K ſ s ٣ 3 12 _ - 🛒 🛒🛒 \s } a{ a{,2} &`.split(
    " ",
  ),
  ...[
    "",
    " ",
    "a\nb",
    "a\n",
    "\na",
    "a\r",
    "a\r\n",
    "a\u0085",
    "a\u2028",
    "\n",
    "\r",
    "\u0085",
    "x\nC1",
    "C\n1",
    "Post\n",
    "\nM",
    "M\n",
  ],
  ...["BANK CHARGES", "\u212a", "\t", "\v", "\f", "\u00a0", "a\vb", "a b", "a\u00a0b", "a\u0085b", "\u001c"],
];

function isAllowed(pattern: string): boolean {
  try {
    encodeParameter("non_product_pattern", pattern);
    return true;
  } catch {
    return false;
  }
}

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

/** The same query on both engines, and its rows. */
async function onBoth({ trino, local }: Engines, sql: string): Promise<{ trino: unknown[][]; local: unknown[][] }> {
  const [remote, rows] = [await trino(sql), await local(sql)];
  const canonical = (row: readonly unknown[]) =>
    row.map((value, i) => canonicalValue(value, remote.columns[i]?.type ?? ""));
  return { trino: remote.rows.map(canonical), local: rows.map((row) => canonical(Object.values(row))) };
}

/** A logarithm in whole units of twelve decimals, rounded as feature_moments does: libraries differ in its last bit. */
const units = (x: string) =>
  `cast(cast(floor(${x} * 1e12 + 5e-1) as bigint) * cast('0.000000000001' as decimal(13, 12)) as decimal(19, 12))`;

async function agree(engines: Engines, sql: string): Promise<void> {
  const { trino, local } = await onBoth(engines, sql);
  expect(local).toEqual(trino);
  expect(trino.length).toBeGreaterThan(0);
}

/** Tests of the functions and casts that the statements use, each over what it may meet. */
export function describeFunctions(engines: () => Engines): void {
  it.each(TRINO_FUNCTION_CASES)("agree that %s is as the local engine's tests say", async (expression, result) => {
    const { columns, rows } = await engines().trino(`select ${expression} as result`);
    const type = columns[0]?.type ?? "";
    expect(canonicalValue(rows[0]?.[0] ?? null, type)).toBe(canonicalValue(result, type));
  });

  it("trim the same white space, of all code points", () =>
    agree(engines(), `select n from ${CODE_POINTS} and length(trim(chr(n) || 'a' || chr(n))) < 3 order by n`));

  it.each(
    ["\\d", "\\D", "\\w", "\\W", "\\s", "\\S", ".", "(?i)k", "(?i)S", "[^a]", "\\p{L}", "\\pN"].filter(isAllowed),
  )("find the same code points in %s", async (pattern) => {
    const found = `regexp_like(chr(n), '${encodeParameter("non_product_pattern", pattern)}')`;
    await agree(
      engines(),
      `select count(*) as c, cast(sum(cast(n as bigint)) as bigint) as s, cast(sum(cast(n as bigint) * n) as bigint) as s2,
           min(n) as a, max(n) as b from ${CODE_POINTS} and ${found}`,
    );
  });

  // Trimmed, as all that is matched: before a final line feed `$` matches in Trino alone.
  it.each(PATTERNS)("find %s in the same texts", (pattern) =>
    agree(
      engines(),
      `select i, regexp_like(trim(t), '${encodeParameter("non_product_pattern", pattern)}') as found
       from (values ${TEXTS.map((text, i) => `(${i}, ${literal(text)})`).join(", ")}) as texts (i, t) order by i`,
    ),
  );

  it("turn the same texts into the same decimals, doubles and products", async () => {
    const digits = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map((units) => {
      const text = String(units < 0n ? -units : units).padStart(5, "0");
      return `${units < 0n ? "-" : ""}${text.slice(0, -4)}.${text.slice(-4)}`;
    });
    const texts = fc.sample(digits, { seed: 7, numRuns: 4000 });
    const values = texts.map((text, i) => `(${i}, '${text}')`).join(", ");
    await agree(
      engines(),
      `select i, cast(t as decimal(18, 4)) as d, cast(cast(t as decimal(38, 4)) as double) as x,
         cast(cast(t as decimal(38, 4)) as varchar) as s, cast(cast(t as decimal(24, 8)) as decimal(18, 4)) as r,
         cast(floor(cast(t as double) * 1e-2 + 5e-1) as bigint) as f
       from (values ${values}) as texts (i, t) order by i`,
    );
  });

  it("round the same logarithms and roots to twelve decimals", () =>
    agree(
      engines(),
      `select cast(sum(l) as decimal(38, 12)) as l, cast(sum(l * l) as decimal(38, 24)) as l2,
         cast(sum(r) as decimal(38, 12)) as r, count(*) as n
       from (
         select ${units("ln(1 + x)")} as l, ${units("ln(x / 10 + sqrt((x / 10) * (x / 10) + 1))")} as r
         from (
           select cast(cast(a * 5000 + b as decimal(38, 4)) * cast('0.37' as decimal(3, 2)) as double) as x
           from unnest(sequence(0, 99)) as s (a) cross join unnest(sequence(0, 4999)) as t (b)
         ) as numbers
       ) as logarithms`,
    ));
}
