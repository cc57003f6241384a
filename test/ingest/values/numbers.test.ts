import { afterAll, describe, expect, it } from "vitest";
import { readNumberShape } from "../../../lib/ingest/values/numbers/numberShape.ts";
import { currencyCodeOf } from "../../../lib/ingest/values/numbers/numberTokens.ts";
import { columnOf, openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

/** A tab-separated file with these amounts, or quantities beside the price 2. */
async function drop(values: readonly string[], role: "amount" | "quantity" = "amount") {
  const header = role === "amount" ? "customer\tdate\tamount" : "customer\tdate\tunit price\tquantity";
  const lines = values.map((value, i) => `C${i}\t2024-01-31\t${role === "amount" ? "" : "2\t"}${value}`);
  const { rows, reading } = await bench.drop(`${header}\n${lines.join("\n")}\n`);
  return { values: columnOf(rows, role), currencies: reading.currencies.map(({ currency }) => currency) };
}

describe("currencies beside amounts", () => {
  it.each([
    ["USD", ["US $1,200.50", "$2.50", "2.50 US dollars", "USD 7"]],
    ["EUR", ["1.200,50 €", "2,50 euro", "€ 2,5", "EUR2,50", "2,50 Euros"]],
    ["GBP", ["£1,200.50", "GBP 2.50"]],
    ["CNY", ["1,200.50元", "RMB 2.50", "CN¥2.50"]],
    ["JPY", ["1,200.50円", "￥2.50", "2.50 yen"]],
    ["INR", ["Rs. 1,20,000.50", "₹2.50", "Rs.2.50", "INR 2.50"]],
    ["BRL", ["R$ 1.200,50", "R$2,50"]],
    ["KRW", ["1,200,500원", "₩2,500,000"]],
    ["RUB", ["1 200,50 руб.", "2,50 ₽", "2,50 р."]],
    ["TRY", ["1.200,50 TL", "₺2,50"]],
    ["PLN", ["1 200,50 zł", "2,50 PLN"]],
    ["CZK", ["1 200,50 Kč", "2,50 CZK"]],
    ["HUF", ["1 200 500 Ft", "2 500 Ft"]],
    ["RON", ["1.200,50 lei", "2,50 RON"]],
    ["CHF", ["CHF 1'200.50", "Fr. 2.50", "SFr. 2.50"]],
    ["ILS", ["₪1,200.50", '2.50 ש"ח']],
    ["SAR", ["1,200.50 ر.س", "SAR 2.50", "SR 2.50"]],
    ["AED", ["AED 1,200.50", "2.50 د.إ", "Dhs. 2.50"]],
    ["THB", ["฿1,200.50", "2.50 บาท"]],
    ["VND", ["1.200.500 ₫", "2.500.000đ"]],
    ["IDR", ["Rp 1.200.500", "Rp2.500.000"]],
    ["MYR", ["RM 1,200.50", "RM2.50"]],
    ["PHP", ["₱1,200.50", "PHP 2.50"]],
    ["SGD", ["S$1,200.50", "SGD 2.50"]],
    ["TWD", ["NT$1,200.50", "TWD 2.50"]],
    ["HKD", ["HK$1,200.50", "HKD 2.50"]],
    ["ZAR", ["R 1 200.50", "R2.50"]],
    ["UAH", ["1 200,50 грн", "2,50 ₴"]],
    ["MXN", ["MX$1,200.50", "2.50 MXN"]],
    ["AUD", ["A$1,200.50", "AU$2.50"]],
    ["CAD", ["CA$1,200.50", "C$2.50"]],
    ["KR", ["1 200,50 kr", "2,50 kr.", "100:-"]],
  ])("%s: %j", (code, texts) => {
    for (const text of texts) {
      const shape = text.toLowerCase().replace("￥", "¥").replace(/[0-8]/g, "9");
      const codes = [...(readNumberShape(shape, "money")?.tokens.values() ?? [])];
      expect([text, codes]).toEqual([text, [{ kind: "currency", code }]]);
    }
  });

  it("are read in a file, and asked about where they are mixed", async () => {
    expect(await drop(["Rs.50", "Rs. 1,20,000.50", "-₹2.50", "INR 7"])).toEqual({
      values: ["50", "120000.50", "-2.50", "7"],
      currencies: ["INR"],
    });
    await expect(drop(["R$ 2,50", "US$ 2,50"])).rejects.toMatchObject({ code: "MIXED_CURRENCIES" });
    await expect(drop(["2.50 kr", "2.50 NOK"])).rejects.toMatchObject({ code: "MIXED_CURRENCIES" });
    expect((await drop(["2.50 US dollar", "USD 3", "$4"])).currencies).toEqual(["USD"]);
  });

  it("are words of a column, too", () => {
    expect(["Euro", "€", "us dollar", "zł", "xyz"].map(currencyCodeOf)).toEqual([
      "EUR",
      "EUR",
      "USD",
      "PLN",
      undefined,
    ]);
  });
});

describe("numbers", () => {
  it("in the digits of other scripts", async () => {
    expect((await drop(["١٬٢٣٤٫٥٦", "۷٫۵۰", "१,२३४.५०", "１２．５０", "๗.๕๐"])).values).toEqual([
      "1234.56",
      "7.50",
      "1234.50",
      "12.50",
      "7.50",
    ]);
  });

  it("with signs anywhere, in scientific notation, and with zeros that lead", async () => {
    expect(
      (await drop(["$(5.00)", "(6.00) USD", "7.00- $", "–8.00", "1.2345E+3", "1.5e-2", "0.123", ".5"])).values,
    ).toEqual(["-5.00", "-6.00", "-7.00", "-8.00", "1234.5", "0.015", "0.123", "0.5"]);
  });

  it("never take a zero for a group of thousands, nor what is not a number for one", async () => {
    const plain = Array.from({ length: 150 }, () => "$2.50");
    expect((await drop([...plain, "0,123", "5 PCS", "12 %", "5-3"])).values.slice(150)).toEqual([
      "0,123",
      "5 PCS",
      "12 %",
      "5-3",
    ]);
  });

  it("that a spreadsheet has cut are refused with their lines", async () => {
    await expect(drop(["5", "1.23E+05", "1.23457E+11"])).rejects.toThrow(
      /column "amount".*"1\.23E\+05" in line 3, "1\.23457E\+11" in line 4/,
    );
  });

  it("of pieces do not tell what a point in money is", async () => {
    const text = "customer\tdate\tquantity\tunit price\nC1\t2024-01-31\t1.5\t1.100\nC2\t2024-01-31\t2.25\t950\n";
    await expect(bench.drop(text)).rejects.toMatchObject({ code: "UNDECIDABLE_DECIMALS" });
    expect(columnOf((await bench.drop(text, { decimalMark: "point" })).rows, "unit_price")).toEqual(["1.100", "950"]);
  });
});

describe("what stands beside numbers", () => {
  it("units of quantities are taken off, and those of one measure asked about", async () => {
    expect((await drop(["1.5 kg", "2 pcs", "3 Stück", "x4"], "quantity")).values).toEqual(["1.5", "2", "3", "4"]);
    await expect(drop(["1.5 kg", "500 g"], "quantity")).rejects.toThrow(
      /column "quantity".*"1\.5 kg" in line 2, "500 g" in line 3.*--map amount=COLUMN/,
    );
  });

  it("sides of a ledger are refused unless all amounts stand on one", async () => {
    expect((await drop(["100.00 Cr", "5.00 CR."])).values).toEqual(["100.00", "5.00"]);
    await expect(drop(["100.00 Cr", "5.00 Dr"])).rejects.toThrow(/"100\.00 Cr" in line 2, "5\.00 Dr" in line 3/);
    await expect(drop(["100.00", "5.00 Cr"])).rejects.toMatchObject({ code: "LEDGER_SIDES" });
    await expect(drop(["100,00 S", "5,00 H"])).rejects.toMatchObject({ code: "LEDGER_SIDES" });
  });
});
