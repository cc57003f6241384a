import { describe, expect, it } from "vitest";
import { ROLES } from "../../lib/domain/roles.ts";
import { understandColumns } from "../../lib/ingest/columns/columnMapping.ts";
import synonyms from "../../lib/ingest/columns/columnSynonyms.json" with { type: "json" };
import { compactName, normaliseName } from "../../lib/ingest/columns/recogniseColumns.ts";

describe("column names", () => {
  it("stand for one role only", () => {
    const seen = new Map<string, string>();
    for (const role of ROLES) {
      for (const name of synonyms[role].flat()) {
        const key = compactName(name);
        expect(key, name).not.toBe("");
        expect(seen.get(key), `${name} of ${role}`).toBeUndefined();
        seen.set(key, role);
      }
    }
    expect(seen.size).toBeGreaterThan(800);
  });

  it.each([
    ["InvoiceNo", "invoice no"],
    ["ORDER_ID", "order id"],
    ["Código do Cliente", "codigo do cliente"],
    ["Order #", "order no"],
    ["customerID", "customer id"],
  ])("%s reads as %s", (name, words) => {
    expect(normaliseName(name)).toBe(words);
  });

  it.each([
    [
      "Online Retail II",
      "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country",
      { customer: 7, order: 1, date: 5, quantity: 4, price: 6 },
    ],
    ["CDNOW", "customer_id,date,quantity,amount", { customer: 1, date: 2, quantity: 3, amount: 4 }],
    [
      "Shopify",
      "Name,Email,Financial Status,Paid at,Fulfillment Status,Currency,Subtotal,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Payment Method",
      { customer: 2, date: 9, quantity: 10, price: 12, amount: 8, status: 3 },
    ],
    [
      "Olist",
      "order_id,customer_unique_id,order_status,order_purchase_timestamp,product_id,price,payment_value",
      { order: 1, customer: 2, date: 4, amount: 7 },
    ],
    [
      "German",
      "Kundennummer;Bestellnummer;Bestelldatum;Artikelnummer;Menge;Einzelpreis;Land",
      { customer: 1, order: 2, date: 3, product: 4, quantity: 5, price: 6, country: 7 },
    ],
    [
      "French",
      "N° client;Numéro commande;Date de commande;Quantité;Prix unitaire;Pays",
      { date: 3, quantity: 4, price: 5, country: 6, customer: 1 },
    ],
    ["Spanish", "ID Cliente;Fecha de compra;Importe Total", { customer: 1, date: 2, amount: 3 }],
    ["Japanese", "顧客ID,注文日,金額", { customer: 1, date: 2, amount: 3 }],
    ["Russian", "ID клиента,Дата заказа,Сумма", { customer: 1, date: 2, amount: 3 }],
  ])("of %s are recognised", (_name, line, expected) => {
    const header = line.split(line.includes(";") ? ";" : ",");
    const { columns } = understandColumns(header, {}, "x.csv");
    for (const [role, position] of Object.entries(expected)) {
      expect(columns[role as keyof typeof columns]?.position, role).toBe(position);
    }
  });
});

it.each(["Membership Status", "Fulfillment Status", "Shipping status", "Account state"])(
  "%s says nothing of the state of an order",
  (name) => {
    const header = ["Order ID", "Customer ID", "Order Date", name, "Total"];
    const rows = Array.from({ length: 20 }, (_, i) => [
      `A${i}`,
      `C${i % 5}`,
      "2024-01-03",
      ["active", "cancelled", "pending"][i % 3] as string,
      "10.50",
    ]);
    expect(understandColumns(header, {}, "f.csv", { blocks: [rows], isNamed: true }).columns.status).toBeUndefined();
  },
);
