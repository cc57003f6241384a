import { afterAll, describe, expect, it } from "vitest";
import { IngestError } from "../../../lib/ingest/errors.ts";
import { openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** Twenty orders, of which each seventh has something else in its last cell. */
const orders = (column: string, usual: string, other: string): string => {
  const line = (i: number): string => `A${i},K${i % 5},2024-01-${i + 10},${10 + i}.50,${i % 7 === 3 ? other : usual}`;
  return `order_id,customer_id,order_date,amount,${column}\n${Array.from({ length: 20 }, (_, i) => line(i)).join("\n")}\n`;
};

async function outcome(text: string): Promise<string> {
  try {
    return String((await bench.drop(text)).rows[3]?.order_status);
  } catch (error) {
    if (!(error instanceof IngestError)) throw error;
    return error.code;
  }
}

describe("columns that say what became of a row", () => {
  it.each([
    ["Anulowano", "Nie", "Tak", "cancelled"],
    ["キャンセル日", "", "2024-03-01", "cancelled"],
    ["Cancelled", "", "Cancelled", "cancelled"],
    ["Void", "", "X", "cancelled"],
    ["İptal edildi", "hayır", "evet", "cancelled"],
    ["Remboursé", "non", "oui", "refunded"],
    ["已退货", "否", "是", "returned"],
    ["Paid", "Yes", "No", "unpaid"],
    ["captured", "true", "false", "unpaid"],
    ["Bezahlt", "ja", "nein", "unpaid"],
    ["Тип операции", "Продажа", "Возврат", "Возврат"],
    ["種別", "販売", "返品", "返品"],
    ["Sens", "C", "D", "KINDS_OF_ROWS"],
    ["Soll/Haben", "H", "S", "KINDS_OF_ROWS"],
    ["line type", "Product", "Shipping", "KINDS_OF_ROWS"],
    ["Membership Status", "active", "cancelled", "null"],
    ["Paid", "12.50", "0", "null"],
    ["İade Tutarı", "0", "4.00", "taken_back"],
    ["number of orders", "1", "3", "summary_rows"],
    ["Nombre de commandes", "1", "3", "summary_rows"],
  ])("%s: %s or %s is %s", async (column, usual, other, found) => {
    expect(await outcome(orders(column, usual, other))).toBe(found);
  });

  describe("a blank beside yes and no", () => {
    const header = "order_id,customer_id,order_date,amount";
    const lines = (words: readonly string[], column: string, count = 20): string =>
      `${header},${column}\n${Array.from({ length: count }, (_, i) => `A${i},K${i % 5},2024-01-${10 + (i % 20)},${10 + i}.50,${words[i % words.length]}\n`).join("")}`;

    it.each([
      ["Paid", ["Yes", "No", ""], "yes"],
      ["Paid", ["x", ""], "x"],
      ["Bezahlt", ["ja", ""], "ja"],
      ["Cancelled", ["Yes", "", "No"], "no"],
      ["Refunded", ["0", "1", ""], "0"],
    ])("%s with %j is asked about, and both answers work", async (column, words, counting) => {
      const text = lines(words, column);
      const flags = [`--rows "${column}=${counting}"`, `--rows "${column}=${counting}|"`];
      await expect(bench.drop(text)).rejects.toMatchObject({ code: "BLANK_MARKS" });
      await expect(bench.drop(text)).rejects.toThrow(`${flags[0]}; if those with a blank count, too: ${flags[1]}.`);
      const statuses = async (wanted: readonly string[]): Promise<(string | null | undefined)[]> => {
        const { rows } = await bench.drop(text, { rowSettings: { rows: { column, words: [...wanted] } } });
        return words.map((_, i) => rows[i]?.order_status);
      };
      const isOut = (status: string | null | undefined): boolean => status !== null;
      expect((await statuses([counting])).map(isOut)).toEqual(words.map((word) => word.toLowerCase() !== counting));
      expect((await statuses([counting, ""])).map(isOut)).toEqual(
        words.map((word) => word !== "" && word.toLowerCase() !== counting),
      );
    });

    it("is told where it is one row of many", async () => {
      const { rows, file } = await bench.drop(lines(["Yes", "No"], "Paid").replace("10.50,Yes", "10.50,"));
      expect(rows[0]?.order_status).toBe(null);
      expect(file.notes.join()).toContain('column "Paid" is blank on 1 row, which count as paid');
    });

    it("is a no beside yes alone, but for payments", async () => {
      const { rows } = await bench.drop(lines(["", "Yes"], "Cancelled"));
      expect(rows.slice(0, 2).map((row) => row.order_status)).toEqual([null, "cancelled"]);
    });
  });

  it("asks about a telephone number as the customer beside a customer's name", async () => {
    expect(await outcome(orders("Müşteri adı", "Ann", "Bo").replace("customer_id", "Telefon"))).toBe(
      "product_or_customer",
    );
  });
});

describe("a mark in orders of several lines", () => {
  /** Forty orders of three lines; of each fifth the lines of `marked` bear the mark, first lines of others `usual`. */
  const orders = (column: string, marked: (order: number) => readonly number[], usual = ""): string => {
    const cell = (order: number, line: number): string => {
      if (order % 5 !== 2) return line === 0 ? usual : "";
      return marked(order).includes(line) ? "yes" : line === 0 ? usual : "";
    };
    const lines = Array.from({ length: 120 }, (_, i) => {
      const [order, line] = [Math.floor(i / 3), i % 3];
      return `A${order},K${order % 7},2024-01-${10 + (order % 20)},P${i % 11},${1 + (i % 4)},${3 + i}.50,${cell(order, line)}`;
    });
    return `order_id,customer_id,order_date,product,quantity,unit_price,${column}\n${lines.join("\n")}\n`;
  };
  const counting = async (text: string): Promise<number[]> => {
    const { rows } = await bench.drop(text);
    return rows.flatMap(({ order_status }, i) => (order_status === null ? [] : [i]));
  };
  const ofOrders = (lines: (order: number) => readonly number[]): number[] =>
    Array.from({ length: 40 }, (_, order) => order)
      .filter((order) => order % 5 === 2)
      .flatMap((order) => lines(order).map((line) => 3 * order + line));

  it.each(["", "no"])("is said of all lines where it stands on the first one alone (others: %j)", async (usual) => {
    expect(await counting(orders("Cancelled", () => [0], usual))).toEqual(ofOrders(() => [0, 1, 2]));
  });

  it("is said of its own line where it stands on any", async () => {
    const anywhere = (order: number): number[] => [order % 3];
    expect(await counting(orders("Cancelled", anywhere))).toEqual(ofOrders(anywhere));
  });

  it("holds for statuses, too: few returned lines take no whole orders with them", async () => {
    const returned = (text: string): string => text.replaceAll(",yes", ",returned");
    const anywhere = (order: number): number[] => [order % 3];
    expect(await counting(returned(orders("Status", anywhere)))).toEqual(ofOrders(anywhere));
    expect(await counting(returned(orders("Status", () => [0])))).toEqual(ofOrders(() => [0, 1, 2]));
  });
});

it("a currency that few lines name is theirs, not their order's", async () => {
  const lines = Array.from({ length: 180 }, (_, i) => {
    const [order, line] = [Math.floor(i / 3), i % 3];
    const currency = order % 30 === 4 && line === order % 3 ? "USD" : "";
    return `A${order},K${order % 7},2024-01-${10 + (order % 20)},P${i % 11},${1 + (i % 4)},${3 + i}.50,${currency}`;
  });
  const header = "order_id,customer_id,order_date,product,quantity,unit_price,currency";
  const text = `${header}\n${lines.join("\n")}\n${lines
    .map((line) => line.replace(/^A/, "B").replace(/USD$/, ""))
    .map((line, i) => (i === 100 || i === 131 ? `${line}USD` : line))
    .join("\n")}\n`;
  const { rows } = await bench.drop(text);
  expect(rows.filter(({ currency }) => currency === "USD")).toHaveLength(text.split("USD").length - 1);
});
