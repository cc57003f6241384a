import { describe, expect, it } from "vitest";
import { DEFAULT_STATUS_PATTERNS, meaningOfStatus, STATUS_GROUPS } from "../../../lib/domain/quality/statuses.ts";

describe("the meaning of an order's status", () => {
  it.each([
    ["paid", "kept"],
    ["Shipped - Delivered to Buyer", "kept"],
    ["partially_refunded", "kept"],
    ["Awaiting Fulfillment", "kept"],
    ["Offen", "kept"],
    ["Cancelled", "cancelled"],
    ["wc-cancelled", "cancelled"],
    ["voided", "cancelled"],
    ["Storniert", "cancelled"],
    ["annulée", "cancelled"],
    ["Anulado", "cancelled"],
    ["İPTAL EDİLDİ", "cancelled"],
    ["取消", "cancelled"],
    ["REFUNDED", "refunded"],
    ["Remboursée", "refunded"],
    ["Retourniert", "refunded"],
    ["chargeback", "refunded"],
    ["pending", "pending"],
    ["Pending Payment", "pending"],
    ["wc-on-hold", "pending"],
    ["Aguardando pagamento", "pending"],
    ["Ödeme bekleniyor", "pending"],
    ["declined", "failed"],
    ["Fehlgeschlagen", "failed"],
    ["test", "test"],
    ["Return", "returns"],
    ["credit memo", "returns"],
    ["Not cancelled", "kept"],
    ["not_refunded", "kept"],
    ["Nicht storniert", "kept"],
    ["No cancelado", "kept"],
    ["Refund declined", "kept"],
    ["Cancellation request rejected", "kept"],
    ["zzz", "unknown"],
    ["7", "unknown"],
  ])("%s: %s", (status, meaning) => {
    expect(meaningOfStatus(` ${status} `, DEFAULT_STATUS_PATTERNS)).toBe(meaning);
  });

  it("has a pattern for each group", () => {
    expect(Object.keys(DEFAULT_STATUS_PATTERNS.drop)).toEqual([...STATUS_GROUPS]);
  });
});
