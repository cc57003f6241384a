import { DuckDBConnection } from "@duckdb/node-api";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { ScratchEngine } from "../../../lib/ingest/engine.ts";
import type { IngestError } from "../../../lib/ingest/errors.ts";
import { createTableGatherer } from "../../../lib/ingest/load/gatherTables.ts";
import type { LoadedTable } from "../../../lib/ingest/load/loadedTable.ts";
import { zipOf } from "../../support/zip.ts";
import { openWorkbench } from "../helpers.ts";

let bench: ReturnType<typeof openWorkbench>;
beforeAll(() => {
  bench = openWorkbench();
});
afterAll(() => bench.close());

/** Orders 1 to 3 of a file: the amount is the total of the order, and the customer stands on its first line. */
const content = (file: number, header: string): string =>
  `${header}\n${[1, 2, 3].map((order) => `${order},c${file}${order},2024-01-0${order},${order}\n${order},,2024-01-0${order},${order}`).join("\n")}\n`;

const members = (count: number) =>
  Array.from({ length: count }, (_, i) => ({
    name: `${String(i).padStart(3, "0")}${i % 5 === 4 ? " returns" : ""}.csv`,
    content: content(i + 1, i % 3 === 2 ? "order,customer,date,amount" : "order_id,customer_id,order_date,amount"),
  }));

const SETTINGS = {
  rowSettings: {
    amountPer: "order" as const,
    fillDown: "none" as const,
    returnRows: { column: "file", words: ["*returns.csv"] },
  },
};

describe("many small tables", () => {
  it("are read as each by itself is: orders end with their file, and its name tells of returns", async () => {
    const all = members(9);
    const apart = [];
    for (const { name, content: text } of all) {
      const file = { ...bench.write(text), source: `in.zip/${name}` };
      apart.push(...(await bench.rows((await bench.read([file], SETTINGS)).outputPath)));
    }
    const zip = { ...bench.write(zipOf(all)), source: "in.zip" };
    const together = await bench.rows(
      (await bench.read([zip], SETTINGS)).outputPath,
      "select * from rows order by source, line_number",
    );
    expect(together).toEqual(apart);
    expect(together.filter(({ order_status: status }) => status?.startsWith("left out"))).toHaveLength(24);
  });

  it("may be of several kinds from the first on, in any order", async () => {
    const kinds = ["order_id,customer_id,order_date,amount", "order,customer,date,amount", "no,client,day,total"];
    const mixed = Array.from({ length: 9 }, (_, i) => ({
      name: `${i}.csv`,
      content: content(i + 1, kinds[i % kinds.length] as string),
    }));
    const zip = { ...bench.write(zipOf(mixed)), source: "mixed.zip" };
    expect((await bench.read([zip], SETTINGS)).reading.rows).toBe(9 * 6);
  });

  it("are asked about in statements that do not grow with them", async () => {
    const run = vi.spyOn(DuckDBConnection.prototype, "run");
    const ask = vi.spyOn(DuckDBConnection.prototype, "runAndReadAll");
    const longest = async (count: number): Promise<number> => {
      run.mockClear();
      ask.mockClear();
      const { reading } = await bench.read([{ ...bench.write(zipOf(members(count))), source: "in.zip" }], SETTINGS);
      expect(reading.rows).toBe(6 * count);
      return Math.max(...[...run.mock.calls, ...ask.mock.calls].map(([sql]) => sql.length));
    };
    try {
      const few = await longest(6);
      expect(await longest(30)).toBeLessThan(1.05 * few);
    } finally {
      run.mockRestore();
      ask.mockRestore();
    }
  });

  it("of ever new columns, or of more than 100, are refused above a limit, by the name of the file", async () => {
    const table = (name: string, header: readonly string[]): LoadedTable =>
      ({ layout: { header, hasHeader: true }, opened: { source: name }, rows: 1 }) as unknown as LoadedTable;
    const refusal = async (header: (i: number) => readonly string[]): Promise<unknown> => {
      const gatherer = createTableGatherer({} as ScratchEngine);
      for (let i = 0; i < 2000; i++)
        try {
          await gatherer.add(table(`in.zip/${i}.csv`, header(i)));
        } catch (error) {
          return `${(error as IngestError).code} ${(error as Error).message}`;
        }
      return undefined;
    };
    expect(await refusal((i) => ["customer", `a${i}`])).toMatch(
      /^TOO_MANY_TABLES in\.zip\/1000\.csv is one too many: a drop takes up to 1,000 tables whose columns differ/,
    );
    const wide = Array.from({ length: 101 }, (_, i) => `a${i}`);
    expect(await refusal(() => wide)).toMatch(/in\.zip\/400\.csv .* up to 400 tables of more than 100 columns/);
  });
});
