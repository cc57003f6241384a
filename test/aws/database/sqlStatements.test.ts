import { describe, expect, it } from "vitest";
import { splitStatements } from "../../../lib/aws/database/sqlStatements.ts";
import { readMigrations } from "../../../lib/postgres/migrations.ts";

describe("splitStatements", () => {
  it("cuts at semicolons that end a statement, and only there", () => {
    const script = `-- first; a comment's apostrophe
      create table a (b text default ';', "odd;name" int); /* not; here */
      select 'it''s; fine';
      create function f() returns void language plpgsql as $$ begin perform 1; perform 2; end $$;
      create function g() returns text language sql as $body$ select '$$;' $body$;
      select 1 - 2 / 3, $1;;`;
    expect(splitStatements(script)).toEqual([
      `create table a (b text default ';', "odd;name" int)`,
      "select 'it''s; fine'",
      "create function f() returns void language plpgsql as $$ begin perform 1; perform 2; end $$",
      "create function g() returns text language sql as $body$ select '$$;' $body$",
      "select 1 - 2 / 3, $1",
    ]);
  });

  it("is empty for an empty script and keeps a last statement without a semicolon", () => {
    expect(splitStatements(" \n-- nothing\n")).toEqual([]);
    expect(splitStatements("select 1")).toEqual(["select 1"]);
  });

  it("refuses what it does not understand", () => {
    expect(() => splitStatements("select E'\\';'")).toThrow(/E'…'/);
    expect(splitStatements("select 'E'")).toEqual(["select 'E'"]);
  });

  it("cuts the migrations into one statement each, none of which the Data API would take for parameters", async () => {
    const migrations = await readMigrations();
    expect(migrations.length).toBeGreaterThan(0);
    for (const { sql } of migrations) {
      for (const statement of splitStatements(sql)) {
        expect(statement).toMatch(/^(create|alter|comment|grant|insert|drop|do|revoke) /i);
        expect(statement.match(/(?<![:\w])::?[a-z_]\w*/g)?.filter((text) => !text.startsWith("::")) ?? []).toEqual([]);
      }
    }
  });
});
