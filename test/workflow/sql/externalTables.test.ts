import { describe, expect, it } from "vitest";
import { EXTERNAL_TABLES } from "../../../lib/tables/external.ts";

describe("external tables", () => {
  it.each(Object.entries(EXTERNAL_TABLES))(
    "%s has each partition column, and nothing else to fill in, in its location",
    (_name, table) => {
      const placeholders = [...table.location.matchAll(/(.?)\{(\w+)\}/g)];
      expect(placeholders.map(([, before, column]) => [before, column])).toEqual(
        table.partitionColumns.map((column) => ["=", column]),
      );
      expect(table.location.replace(/\{\w+\}/g, "")).toMatch(/^[a-z_=/]+[a-z_]$/);
      expect(Object.keys(table.columns)).not.toEqual(expect.arrayContaining([...table.partitionColumns]));
    },
  );
});
