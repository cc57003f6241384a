import { afterAll, describe, expect, it } from "vitest";
import type { RowSettings } from "../../../lib/domain/config/rowSettings.ts";
import { openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const read = async (lines: readonly string[], rowSettings: RowSettings = {}) => {
  const { rows, file } = await bench.drop(`${lines.join("\n")}\n`, { rowSettings });
  return { notes: file.notes.join(" "), found: rows.map((row) => `${row.order_id} ${row.amount}`) };
};

describe("a feed of changes", () => {
  it("counts the last state of a row by its operations, and no deleted row", async () => {
    const { found, notes } = await read([
      "op,ts_ms,order_id,customer_id,order_date,amount",
      "c,1,A1,7,2024-01-01,5",
      "u,9,A1,7,2024-01-01,6",
      "u,4,A1,7,2024-01-01,8",
      "c,1,A2,8,2024-01-02,7",
      "d,2,A2,8,2024-01-02,7",
      "r,1,A3,8,2024-01-03,9",
    ]);
    expect(found).toEqual(["A1 6", "A3 9"]);
    expect(notes).toContain('by column "ts_ms"; 4 earlier states and deleted rows are left out (--versions none');
  });

  it("goes by the order of lines where nothing says when", async () => {
    const { found } = await read([
      "Op,order_id,customer_id,order_date,amount",
      "I,A1,7,2024-01-01,5",
      "U,A1,7,2024-01-01,6",
      "I,A2,8,2024-01-02,7",
    ]);
    expect(found).toEqual(["A1 6", "A2 7"]);
  });

  const LINES = [
    "order_id,customer_id,order_date,sku,quantity,amount,updated_at",
    "A1,7,2024-01-01,P1,1,5,2024-01-01T10:00:00+02:00",
    "A1,7,2024-01-01,P2,1,6,2024-01-01T10:00:00+02:00",
    "A1,7,2024-01-01,P1,2,10,2024-01-01T09:00:00Z",
    "A2,8,2024-01-02,P1,1,5,2024-01-02T10:00:00Z",
  ];

  it("counts the last of several versions of a line by its time of change", async () => {
    expect((await read(LINES)).found).toEqual(["A1 6", "A1 10", "A2 5"]);
    expect((await read(LINES, { versions: "none" })).found).toHaveLength(4);
  });

  it("is no feed where all lines of an order changed at once", async () => {
    expect((await read(LINES.filter((line) => !line.includes("09:00")))).found).toHaveLength(3);
  });

  it("is asked about where rows of an order may be its lines", async () => {
    const orders = [
      "order_id,customer_id,order_date,amount,updated_at",
      "A1,7,2024-01-01,5,2024-01-01 10:00:00",
      "A1,7,2024-01-01,6,2024-01-01 11:00:00",
      "A2,8,2024-01-02,7,2024-01-02 10:00:00",
    ];
    await expect(read(orders)).rejects.toThrow(
      "If they are states: --versions updated_at; if each row counts: --versions none.",
    );
    expect((await read(orders, { versions: "updated_at" })).found).toEqual(["A1 6", "A2 7"]);
    expect((await read(orders, { versions: "none" })).found).toEqual(["A1 5", "A1 6", "A2 7"]);
  });

  it("is asked about where times of change do not say which comes last", async () => {
    const vague = LINES.map((line) => line.replace("2024-01-01T09:00:00Z", "noon"));
    await expect(read(vague)).rejects.toThrow(/"noon" in line 4 is neither a number nor a time/);
  });
});
