import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { TransactionCurrencyError } from "../../../lib/domain/rfm/oneCurrency.ts";
import {
  aggregateTransactions,
  NoPurchaseError,
  type ScoringTransaction,
} from "../../../lib/domain/rfm/scoringTransactions.ts";

const window = { snapshotDate: "2024-03-01", windowStart: "0001-01-01" };
const line = (date: string, amount: number, more: Partial<ScoringTransaction> = {}): ScoringTransaction => ({
  date,
  amountUnits: BigInt(Math.round(amount * 10_000)),
  ...more,
});
const drop = parseConfig({});

describe("aggregateTransactions", () => {
  it("counts orders, not lines, and days where there are no orders", () => {
    const lines = [line("2024-02-01", 1, { order: "1" }), line("2024-02-02", 2, { order: "1" }), line("2024-02-02", 3)];
    expect(aggregateTransactions(lines, drop, window)).toEqual({ recencyDays: 28, frequency: 2, monetary: 6 });
    const days = parseConfig({ frequencyBasis: "active_days" });
    expect(aggregateTransactions(lines, days, window).frequency).toBe(2);
    expect(aggregateTransactions(lines, parseConfig({ frequencyBasis: "lines" }), window).frequency).toBe(3);
  });

  it("treats returns by the policy, and never as a visit", () => {
    const lines = [line("2024-02-01", 10, { order: "1" }), line("2024-02-20", -4, { order: "C2" })];
    expect(aggregateTransactions(lines, drop, window)).toEqual({ recencyDays: 29, frequency: 1, monetary: 10 });
    const net = parseConfig({ returns: "net" });
    expect(aggregateTransactions(lines, net, window)).toEqual({ recencyDays: 29, frequency: 1, monetary: 6 });
    const count = parseConfig({ returns: "count" });
    expect(aggregateTransactions(lines, count, window)).toEqual({ recencyDays: 10, frequency: 2, monetary: 6 });
  });

  it("takes only days within the window", () => {
    const lines = ["2024-01-01", "2024-01-31", "2024-02-29", "2024-03-01", "2025-01-01"].map((date) => line(date, 1));
    const values = aggregateTransactions(lines, drop, { snapshotDate: "2024-03-01", windowStart: "2024-01-02" });
    expect(values).toEqual({ recencyDays: 1, frequency: 2, monetary: 2 });
  });

  it("knows a copy only by its product", () => {
    const copy = line("2024-02-01", 5, { order: "1", product: "P" });
    expect(aggregateTransactions([copy, copy], drop, window).monetary).toBe(5);
    expect(aggregateTransactions([copy, copy], parseConfig({ duplicates: "keep" }), window).monetary).toBe(10);
    const plain = line("2024-02-01", 5, { order: "1" });
    expect(aggregateTransactions([plain, plain], drop, window).monetary).toBe(10);
  });

  it("refuses currencies that it cannot add up", () => {
    const lines = [line("2024-02-01", 10, { currency: "EUR" }), line("2024-02-02", 10, { currency: "USD" })];
    expect(() => aggregateTransactions(lines, drop, window)).toThrow(TransactionCurrencyError);
    expect(aggregateTransactions(lines.slice(1), drop, window).monetary).toBe(10);
    const rates = [
      { currency: "EUR", rate: "1" },
      { currency: "USD", rate: "0.5", date: "2024-02-02" },
    ];
    const euros = parseConfig({ currency: { target: "EUR", rates } });
    expect(aggregateTransactions([...lines, line("2024-02-03", 1)], euros, window).monetary).toBe(16);
    const early = [line("2024-02-01", 10, { currency: "USD" })];
    expect(() => aggregateTransactions(early, euros, window)).toThrow("no rate from USD to EUR for 2024-02-01");
  });

  it("says when no purchase is left", () => {
    expect(() => aggregateTransactions([line("2024-03-01", 5), line("2024-01-01", 0)], drop, window)).toThrow(
      NoPurchaseError,
    );
  });

  it("adds money exactly, in whatever order", () => {
    const cents = fc.array(fc.integer({ min: 1, max: 10 ** 9 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(cents, (list) => {
        const lines = list.map((cent, i) => line("2024-02-01", cent / 100, { order: String(i) }));
        const total = list.reduce((sum, cent) => sum + cent, 0) / 100;
        expect(aggregateTransactions(lines, drop, window)).toEqual({
          recencyDays: 29,
          frequency: list.length,
          monetary: total,
        });
        expect(aggregateTransactions(lines.toReversed(), drop, window).monetary).toBe(total);
      }),
    );
  });
});
