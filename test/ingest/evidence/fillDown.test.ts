import { afterAll, describe, expect, it } from "vitest";
import type { RowSettings } from "../../../lib/domain/config/rowSettings.ts";
import { openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const read = async (lines: readonly string[], rowSettings: RowSettings = {}) => {
  const { rows, file } = await bench.drop(`${lines.join("\n")}\n`, { rowSettings });
  return { file, found: rows.map((row) => [row.customer_id, row.order_id, row.order_date, row.amount].join(" ")) };
};

const OUTLINE = [
  "Customer,Date,Order,Amount",
  "Ann Lee,,,",
  ",2024-01-16,1,5",
  ",2024-01-17,2,6",
  "Total for Ann Lee,,,11",
];
const OUTLINES = [...OUTLINE, "Bob Ray,,,", ",2024-02-16,3,7", "Total for Bob Ray,,,7"];
const FILLED = ["Ann Lee 1 2024-01-16 5", "Ann Lee 2 2024-01-17 6", "Bob Ray 3 2024-02-16 7"];

describe("what stands once for several rows", () => {
  it("is taken from rows that name the customer alone, whose totals are no rows", async () => {
    const { found, file } = await read([...OUTLINES, "TOTAL,,,18", "Printed by hand,,,"]);
    expect(found).toEqual(FILLED);
    expect(file.notes.join(" ")).toContain('"Customer" stands once for several rows, which take it from above; 5 rows');
  });

  it("is taken from rows that name the customer with the sum of its rows", async () => {
    const sums = [
      "Customer,Date,Order,Amount",
      "Ann Lee,,,11",
      ...OUTLINE.slice(2, 4),
      "Bob Ray,,,7",
      ",2024-02-16,3,7",
    ];
    expect((await read(sums)).found).toEqual(FILLED);
  });

  it.each([
    ["groups stand in groups", ["North,,,", ...OUTLINES.slice(1), "South,,,", "Cho Kim,,,", ",2024-03-01,4,8"]],
    ["a name comes twice", [...OUTLINES.slice(1), "Ann Lee,,,", ",2024-03-01,4,8"]],
    ["a row with a name has money of its own", [...OUTLINES.slice(1, 3), "Bob Ray,,,50", ",2024-02-16,3,7"]],
  ])("is asked where %s", async (_why, lines) => {
    await expect(read(["Customer,Date,Order,Amount", ...lines])).rejects.toThrow(
      'column "Customer" stands on rows of its own above the rows without it, as in an outline. If the rows below take it from there: --fill-down "Customer"; if each row stands for itself: --fill-down none.',
    );
    const { found } = await read(["Customer,Date,Order,Amount", ...lines], { fillDown: ["Customer"] });
    expect(found.slice(0, 1)).toEqual(FILLED.slice(0, 1));
  });

  const LINES = [
    "Order,Date,Customer,State,Product,Amount",
    "S1,2024-01-16,Ann,done,Mug,5",
    ",,,,Pot,6",
    "S2,2024-01-17,,done,Mug,7",
    ",,,,Pot,8",
    "S3,2024-01-18,Bob,Cancelled,Mug,9",
    ",,,,Pot,1",
  ];

  it("is taken from the first line of an order that alone has number, day and customer; a guest stays one", async () => {
    expect((await read(LINES)).found).toEqual([
      "Ann S1 2024-01-16 5",
      "Ann S1 2024-01-16 6",
      " S2 2024-01-17 7",
      " S2 2024-01-17 8",
      "Bob S3 2024-01-18 9",
      "Bob S3 2024-01-18 1",
    ]);
    const { rows } = await bench.drop(LINES.join("\n"));
    expect(rows.at(-1)?.order_status).toBe("Cancelled");
  });

  it("leaves a sum below the rows without a day", async () => {
    const { found } = await read([...LINES, ",,,,,36"], { fillDown: "none" });
    expect(found.at(-1)).toBe("   36");
    await expect(read([...LINES, ",,,,,36"])).rejects.toThrow(/some of the lines below may be totals/);
  });

  const PIVOT = [
    "Customer,Date,Amount",
    "Ann,2024-01-16,5",
    ",2024-01-17,6",
    "Bob,2024-01-18,7",
    ",2024-01-19,8",
    "Cho,2024-01-20,9",
  ];

  it("is asked where blank rows may be guests", async () => {
    await expect(read(PIVOT)).rejects.toThrow(/has each of its 3 values once, and 2 rows below them are blank/);
    const filled = await read(PIVOT, { fillDown: ["Customer"] });
    expect(filled.found.map((row) => row.split(" ")[0])).toEqual(["Ann", "Ann", "Bob", "Bob", "Cho"]);
    const none = await read(PIVOT, { fillDown: "none" });
    expect(none.found.map((row) => row.split(" ")[0])).toEqual(["Ann", "", "Bob", "", "Cho"]);
  });

  it("is not looked for where customers come again", async () => {
    const { found } = await read([...PIVOT, "Ann,2024-01-21,1", ",2024-01-22,2"]);
    expect(found.at(-1)).toBe("  2024-01-22 2");
  });

  it("is taken in each file of a drop from its own rows", async () => {
    const files = ["a", "b", "c"].map((name) => bench.write(`${OUTLINES.join("\n")}\n`, `${name}.csv`));
    const { outputPath } = await bench.read(files);
    const rows = await bench.rows(outputPath);
    expect(rows.map((row) => [row.customer_id, row.order_id].join(" "))).toEqual(
      files.flatMap(() => ["Ann Lee 1", "Ann Lee 2", "Bob Ray 3"]),
    );
  });

  describe("is looked for in each file of a drop by itself", () => {
    const readAll = async (files: readonly (readonly string[])[], rowSettings: RowSettings = {}) => {
      const paths = files.map((lines, i) => bench.write(`${lines.join("\n")}\n`, `${i}.csv`));
      const { outputPath } = await bench.read(paths, { rowSettings });
      return (await bench.rows(outputPath)).map((row) => [row.customer_id, row.order_id, row.amount].join(" "));
    };
    const [header] = OUTLINES as [string];
    const many = (lines: (i: number) => readonly string[]): string[] => [
      header,
      ...Array.from({ length: 60 }, (_, i) => lines(i)).flat(),
    ];
    const plain = many((i) => [`C${i},2024-03-0${1 + (i % 9)},${100 + i},9`]);
    const guests = many((i) => [`${i % 2 === 1 ? "" : `C${i % 6}`},2024-03-0${1 + (i % 9)},${100 + i},9`]);
    const outlines = many((i) => [`D${i},,,`, `,2024-03-0${1 + (i % 9)},${100 + i},9`]);

    it("in a small outline beside a large table", async () => {
      const found = await readAll([plain, OUTLINES]);
      expect(found.slice(0, 2)).toEqual(["C0 100 9", "C1 101 9"]);
      expect(found.slice(-3)).toEqual(["Ann Lee 1 5", "Ann Lee 2 6", "Bob Ray 3 7"]);
    });

    it("in a large outline beside a small table", async () => {
      const found = await readAll([[header, "Eve,2024-01-02,7,3", "Flo,2024-01-03,8,4"], outlines]);
      expect(found.slice(0, 3)).toEqual(["Eve 7 3", "Flo 8 4", "D0 100 9"]);
    });

    it("in an outline of one group beside a large one", async () => {
      expect((await readAll([OUTLINE, outlines])).slice(0, 2)).toEqual(["Ann Lee 1 5", "Ann Lee 2 6"]);
    });

    it.each([
      ["large", outlines, guests.slice(0, 21)],
      ["small", OUTLINES, guests],
    ])("and asked about where a %s outline stands beside guests", async (_size, outline, others) => {
      await expect(readAll([outline, others])).rejects.toMatchObject({ code: "DIFFERENT_FORMS" });
      await expect(readAll([outline, others])).rejects.toThrow(/one after the other.*--fill-down "Customer".*none\./);
      expect(
        (await readAll([outline, others], { fillDown: ["Customer"] })).filter((row) => row.startsWith(" ")),
      ).toEqual([]);
    });

    it("and so are the states of rows", async () => {
      const names = "order_id,customer_id,order_date,product,amount,updated_at";
      const line = (i: number, amount: number, hour: number): string =>
        `${i},C${i % 4},2024-01-0${1 + (i % 9)},P1,${amount},2024-02-01 1${hour}:00:00`;
      const steady = [names, ...Array.from({ length: 60 }, (_, i) => line(i, 9, 0))];
      const feed = [names, ...Array.from({ length: 9 }, (_, i) => [line(100 + i, 3, 0), line(100 + i, 4, 1)]).flat()];
      const found = await readAll([steady, feed]);
      expect(found).toHaveLength(69);
      expect(found.slice(60).every((row) => row.endsWith(" 4"))).toBe(true);
    });
  });
});
