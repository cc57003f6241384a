import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnOf, openWorkbench } from "../../helpers.ts";

let bench: ReturnType<typeof openWorkbench>;
beforeAll(() => {
  bench = openWorkbench();
});
afterAll(() => bench.close());

const KINDS = `order_id,customer_id,order_date,Line Type,amount
1,A,2024-01-03,Sale,10
1,A,2024-01-03,Payment,10
2,B,2024-01-04, sale ,20
2,B,2024-01-04,Refund,5
3,B,2024-01-05,,7`;

describe("rows that are answered for", () => {
  it("count by the words of a column, return by others, and are left out by the rest", async () => {
    const rowSettings = {
      rows: { column: "Line Type", words: ["SALE"] },
      returnRows: { column: 4, words: ["refund"] },
    };
    const { rows } = await bench.drop(KINDS, { rowSettings });
    expect(columnOf(rows, "order_status")).toEqual([
      null,
      "left out: Payment",
      null,
      "returned: Refund",
      "left out: (blank)",
    ]);
    expect(columnOf(rows, "amount")).toEqual(["10", "10", "20", "5", "7"]);
  });

  it("count where their word is one that cancels elsewhere", async () => {
    const content = KINDS.replaceAll("Payment", "Pending");
    const { rows } = await bench.drop(content, {
      mapping: { status: "Line Type" },
      rowSettings: { rows: { column: "Line Type", words: ["sale", "pending", ""] } },
    });
    expect(columnOf(rows, "order_status")).toEqual([null, null, null, "left out: Refund", null]);
  });

  it("return by the name of their file", async () => {
    const lines = "doc,customer_id,date,amount\n1,A,2024-01-03,10\n2,B,2024-01-04,20\n";
    const files = [bench.write(lines, "sales.csv"), bench.write(lines.replaceAll("1,A", "9,A"), "Returns 2024.csv")];
    const { outputPath } = await bench.read(
      files.map((file, i) => ({ ...file, source: ["shop/sales.csv", "shop/Returns 2024.csv"][i] as string })),
      { rowSettings: { returnRows: { column: "file", words: ["returns*.csv"] } } },
    );
    const statuses = columnOf(
      await bench.rows(outputPath, "select * from rows order by source, line_number"),
      "order_status",
    );
    expect(statuses).toEqual([...new Array(2).fill("returned: shop/Returns 2024.csv"), null, null]);
  });

  it("are refused by a word that no row has, and by a column that is not there", async () => {
    const wrong = { rows: { column: "Line Type", words: ["Slae"] } };
    await expect(bench.drop(KINDS, { rowSettings: wrong })).rejects.toThrow(/no row of column "Line Type" is "slae"/);
    const missing = { rows: { column: "Kind", words: ["Sale"] } };
    await expect(bench.drop(KINDS, { rowSettings: missing })).rejects.toThrow(/no column "Kind" \(asked for by --rows/);
  });
});

describe("money that is answered for", () => {
  const ORDERS = `order_id,customer_id,order_date,flavour,order_total
1,A,2024-01-03,cherry,50
1,A,2024-01-03,lemon,50
2,B,2024-01-04,mint,60
,B,2024-01-05,mint,60
,B,2024-01-05,mint,60`;

  it("counts an order's total once, and rows without an order each", async () => {
    const { rows } = await bench.drop(ORDERS, { rowSettings: { amountPer: "order" } });
    const left = "left out: the order's total counts once";
    expect(columnOf(rows, "order_status")).toEqual([null, left, null, null, null]);
    const asIs = await bench.drop(ORDERS, { rowSettings: { amountPer: "line" } });
    expect(columnOf(asIs.rows, "order_status")).toEqual(new Array(5).fill(null));
  });

  it("is computed with the decimal mark of its columns", async () => {
    const { rows, file } = await bench.drop(
      "Auftrag;Kunde;Datum;Menge;Einzelpreis;Rabatt\n1;A;13.01.2024;2;10,50;0,10\n2;B;14.01.2024;1;1.000,00;\n",
      { rowSettings: { amount: "Menge * Einzelpreis * (1 - Rabatt)" } },
    );
    expect(columnOf(rows, "amount")).toEqual(["18.9000", "1000.0000"]);
    expect(file.notes.join(" ")).not.toContain("Rabatt");
  });
});

describe("what is looked for in all rows", () => {
  const HEAD = "order_id,customer_id,order_date,is_canceled,type,amount,amount_refunded";
  const file = (rare: string): string => {
    const lines = Array.from(
      { length: 6000 },
      (_, i) => `${i},C${i % 50},2024-01-${10 + (i % 20)},0,sale,1${i % 9}.50,0.00`,
    );
    // Between the runs of rows that are sampled.
    lines[700] = rare;
    return [HEAD, ...lines].join("\n");
  };

  it.each([
    ["a kind", "700,C1,2024-01-10,0,adjustment,10.50,0.00", "KINDS_OF_ROWS"],
    ["a refund", "700,C1,2024-01-10,0,sale,10.50,3.00", "taken_back"],
  ])("finds the only row of %s", async (_, rare, code) => {
    await expect(bench.drop(file(rare))).rejects.toMatchObject({ code });
  });

  it("finds the only mark of a cancellation, and the only view", async () => {
    const status = async (rare: string) => (await bench.drop(file(rare))).rows[700]?.order_status;
    expect(await status("700,C1,2024-01-10,1,sale,10.50,0.00")).toBe("cancelled");
    expect(await status("700,C1,2024-01-10,0,view,10.50,0.00")).toBe("left out: view");
  });
});

describe("equal rows", () => {
  it("are said to count where nothing says that they are copies", async () => {
    const messages = async (date: string) =>
      (
        await bench.drop(`customer_id,date,amount\nA,${date},75.50\nB,${date},5.25\nA,${date},75.50\n`)
      ).reading.findings.map(({ message }) => message);
    expect((await messages("2024-01-13")).join()).toMatch(/1 rows? are equal to another one, the first in line 2/);
    expect((await messages("2024-01-13 10:00")).join()).not.toContain("equal to another");
  });
});

describe("invoices that fall due later", () => {
  it("are sales while they await their payment, and drafts are none", async () => {
    const lines = ["Awaiting Payment", "Draft", "Paid"].map(
      (status, i) => `INV-${i},A,2024-01-1${i + 3},2024-02-13,${status},1${i}.50`,
    );
    const { rows } = await bench.drop(
      ["Invoice Number,Customer ID,Invoice Date,Due Date,Status,Amount", ...lines].join("\n"),
    );
    expect(columnOf(rows, "order_status")).toEqual([null, "Draft", "Paid"]);
    const shop = await bench.drop(["Order ID,Customer ID,Order Date,Due Date,Status,Amount", ...lines].join("\n"));
    expect(columnOf(shop.rows, "order_status")).toEqual(["Awaiting Payment", "Draft", "Paid"]);
  });
});

describe("order numbers that are answered for", () => {
  it("are others on other days", async () => {
    const lines = ["receipt_no,customer_id,date,total"];
    for (let i = 0; i < 12; i++)
      lines.push(`${i % 4},C${(i * 5) % 7},2024-01-${10 + Math.floor(i / 4)} 08:00:00,${i + 10}`);
    const { rows } = await bench.drop(lines.join("\n"), { rowSettings: { orderNumbers: "daily" } });
    expect(columnOf(rows, "order_id").slice(3, 6)).toEqual(["3 on 2024-01-10", "0 on 2024-01-11", "1 on 2024-01-11"]);
    const lasting = await bench.drop(lines.join("\n"), { rowSettings: { orderNumbers: "lasting" } });
    expect(columnOf(lasting.rows, "order_id").slice(3, 6)).toEqual(["3", "0", "1"]);
  });
});
