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

  it("asks about a telephone number as the customer beside a customer's name", async () => {
    expect(await outcome(orders("Müşteri adı", "Ann", "Bo").replace("customer_id", "Telefon"))).toBe(
      "product_or_customer",
    );
  });
});
