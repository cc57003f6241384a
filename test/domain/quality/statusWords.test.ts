import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, it } from "vitest";
import { DEFAULT_STATUS_PATTERNS, meaningOfStatus, STATUS_GROUPS } from "../../../lib/domain/quality/statuses.ts";
import words from "../../../lib/domain/quality/statusWords.json" with { type: "json" };
import { PARAMETERS } from "../../../lib/workflow/sql/parameters.ts";
import { statusParameters } from "../../../lib/workflow/sql/policyParameters.ts";

/** By language: what cancels, what gives back, what waits for its payment, what failed, what counts, and what denies. */
const STATUSES: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  en: {
    cancelled: ["Cancelled by customer", "Order: canceled", "VOIDED", "Canceled - Shipped"],
    refunded: ["Refunded", "Charged-back", "Returned to seller"],
    pending: ["Unpaid", "On-Hold", "Awaiting Payment"],
    failed: ["Payment failed", "Card declined"],
    kept: [
      "Paid",
      "Completed",
      "Awaiting shipment",
      "Not cancelled",
      "Refund declined",
      "Partially refunded",
      "Never returned",
    ],
  },
  de: {
    cancelled: ["Storniert", "Bestellstornierung", "Abgebrochen"],
    refunded: ["Erstattet", "Rückerstattung", "Retourniert"],
    pending: ["Unbezahlt", "Zahlung ausstehend"],
    failed: ["Zahlung fehlgeschlagen", "Abgelehnt"],
    kept: [
      "Bezahlt",
      "Versandt",
      "Nicht storniert",
      "Keine Erstattung",
      "Teilweise erstattet",
      "Stornierung abgelehnt",
    ],
  },
  fr: {
    cancelled: ["Annulée", "ANNULE"],
    refunded: ["Remboursée", "Retourné"],
    pending: ["En attente de paiement", "Impayée"],
    failed: ["Échouée", "Paiement refusé"],
    kept: ["Expédiée", "Livré", "Non annulée", "Pas remboursé", "Partiellement remboursé", "Remboursement refusé"],
  },
  es: {
    cancelled: ["Cancelado", "Anulada"],
    refunded: ["Reembolsado", "Devuelto", "Devolución"],
    pending: ["Pendiente de pago"],
    failed: ["Rechazado", "Fallida"],
    kept: ["Pagado", "Enviado", "No cancelado", "Sin devolución", "Parcialmente reembolsado"],
  },
  pt: {
    cancelled: ["Cancelado", "Cancelamento"],
    refunded: ["Estornado", "Devolvido"],
    pending: ["Aguardando pagamento"],
    failed: ["Recusado"],
    kept: ["Pago", "Entregue", "Não cancelado", "Reembolso negado"],
  },
  it: {
    cancelled: ["Annullato"],
    refunded: ["Rimborsato"],
    pending: ["In attesa di pagamento"],
    failed: ["Rifiutato"],
    kept: ["Spedito", "Consegnato", "Non annullato", "Parzialmente rimborsato", "In attesa di spedizione"],
  },
  nl: {
    cancelled: ["Geannuleerd"],
    refunded: ["Terugbetaald"],
    pending: ["Onbetaald"],
    failed: ["Mislukt"],
    kept: ["Verzonden", "Niet geannuleerd", "Gedeeltelijk terugbetaald"],
  },
  pl: {
    cancelled: ["Anulowane", "Anulowano"],
    refunded: ["Zwrócone", "Zwrot"],
    pending: ["Nieopłacone", "Oczekuje na płatność"],
    failed: ["Odrzucone"],
    kept: ["Wysłane", "Zrealizowane", "Nie anulowano", "Częściowo zwrócone", "Bez zwrotu"],
  },
  sv: {
    cancelled: ["Avbruten", "Makulerad"],
    refunded: ["Återbetald"],
    failed: ["Misslyckades"],
    kept: ["Skickad", "Inte avbruten"],
  },
  da: { cancelled: ["Annulleret"], refunded: ["Refunderet"], failed: ["Afvist"], kept: ["Sendt", "Ikke annulleret"] },
  nb: {
    cancelled: ["Kansellert"],
    refunded: ["Tilbakebetalt"],
    failed: ["Avvist"],
    kept: ["Levert", "Ikke kansellert"],
  },
  fi: { cancelled: ["Peruutettu"], refunded: ["Hyvitetty", "Palautettu"], kept: ["Toimitettu", "Ei peruutettu"] },
  cs: {
    cancelled: ["Zrušeno", "Stornováno"],
    refunded: ["Vráceno"],
    kept: ["Odesláno", "Vyřízeno", "Částečně vráceno"],
  },
  sk: { cancelled: ["Zrušená"], refunded: ["Vrátené"], kept: ["Odoslaná", "Vybavená"] },
  hu: {
    cancelled: ["Törölve", "Lemondva"],
    refunded: ["Visszatérítve"],
    failed: ["Sikertelen"],
    kept: ["Teljesítve", "Nem törölt"],
  },
  ro: { cancelled: ["Anulată"], refunded: ["Rambursat"], kept: ["Livrată", "Finalizată", "Nu anulat"] },
  bg: { cancelled: ["Отказана", "Анулирана"], refunded: ["Върната"], kept: ["Доставена", "Изпратена"] },
  hr: { cancelled: ["Otkazano", "Poništeno"], refunded: ["Povrat novca"], kept: ["Isporučeno", "Nije otkazano"] },
  el: { cancelled: ["Ακυρώθηκε", "Ακυρωμένη"], refunded: ["Επιστράφηκε"], kept: ["Ολοκληρώθηκε", "Δεν ακυρώθηκε"] },
  tr: {
    cancelled: ["İptal edildi", "iptal"],
    refunded: ["İade edildi"],
    pending: ["Ödeme bekleniyor"],
    kept: ["Kargoya verildi", "İptal edilmedi"],
  },
  ru: {
    cancelled: ["Отменён", "Заказ отменен"],
    refunded: ["Возврат", "Возвращён"],
    pending: ["Ожидает оплаты", "Не оплачен"],
    failed: ["Отклонён"],
    kept: ["Доставлен", "Оплачен", "Не отменён", "Ожидает отправки: новый"],
  },
  uk: { cancelled: ["Скасовано"], refunded: ["Повернено"], kept: ["Доставлено", "Не скасовано"] },
  ja: {
    cancelled: ["キャンセル", "キャンセル確定", "取消済み"],
    refunded: ["返金済み", "返品"],
    pending: ["未入金", "入金待ち"],
    kept: ["発送済", "完了", "キャンセル不可", "返金なし", "一部返金"],
  },
  zh: {
    cancelled: ["已取消", "交易关闭", "訂單已取消"],
    refunded: ["退款成功", "已退款", "退貨"],
    pending: ["待付款", "等待买家付款"],
    kept: ["交易成功", "已完成", "没有申请退款", "未退款", "部分退款", "退款关闭"],
  },
  ko: {
    cancelled: ["취소", "주문취소"],
    refunded: ["환불완료", "반품"],
    pending: ["입금대기"],
    kept: ["배송완료", "구매확정", "부분환불", "취소거부"],
  },
  ar: { cancelled: ["ملغي", "تم إلغاء الطلب"], refunded: ["مسترد"], kept: ["مكتمل", "تم التوصيل"] },
  he: { cancelled: ["בוטל"], refunded: ["הוחזר"], kept: ["הושלם", "לא בוטל"] },
  id: {
    cancelled: ["Dibatalkan"],
    refunded: ["Pengembalian dana"],
    pending: ["Menunggu pembayaran"],
    kept: ["Selesai", "Tidak dibatalkan"],
  },
  vi: {
    cancelled: ["Đã hủy"],
    refunded: ["Đã hoàn tiền"],
    pending: ["Chờ thanh toán"],
    kept: ["Hoàn thành", "Chưa hủy"],
  },
  th: { cancelled: ["ยกเลิก", "ยกเลิกแล้ว"], refunded: ["คืนเงินแล้ว"], pending: ["รอชำระเงิน"], kept: ["จัดส่งแล้ว", "สำเร็จ"] },
};

const CASES = Object.entries(STATUSES).flatMap(([language, meanings]) =>
  Object.entries(meanings).flatMap(([meaning, all]) => all.map((status) => ({ language, status, meaning }))),
);

describe("the words of statuses", () => {
  it.each(Object.keys(STATUSES))("in %s", (wanted) => {
    const own = CASES.filter(({ language }) => language === wanted);
    const found = own.map(({ status }) => [status, meaningOfStatus(status, DEFAULT_STATUS_PATTERNS)]);
    expect(found).toEqual(own.map(({ status, meaning }) => [status, meaning]));
  });

  it("are words: parts of others mean nothing", () => {
    for (const status of ["Avoidance", "Contest", "Latest version", "Zzz", "Cancun", "Annuity"]) {
      expect([status, meaningOfStatus(status, DEFAULT_STATUS_PATTERNS)]).toEqual([status, "unknown"]);
    }
  });

  it("cover thirty languages for what cancels and what gives back", () => {
    expect(Object.keys(words.cancelled)).toHaveLength(30);
    expect(Object.keys(words.refunded)).toEqual(Object.keys(words.cancelled));
    expect(Object.keys(words.ordinary)).toEqual(Object.keys(words.cancelled));
  });

  it("mean the same in SQL", async () => {
    const parameters = statusParameters(DEFAULT_STATUS_PATTERNS);
    for (const [name, pattern] of Object.entries(parameters)) {
      expect([name, PARAMETERS[name as keyof typeof PARAMETERS].pattern.test(pattern)]).toEqual([name, true]);
    }
    const matches = (key: string): string =>
      `regexp_matches(lower(s), '${(parameters[key] as string).replaceAll("'", "''")}')`;
    const groups = STATUS_GROUPS.map((group) => `when ${matches(`status_${group}_pattern`)} then '${group}'`).join(" ");
    const connection = await (await DuckDBInstance.create(":memory:")).connect();
    const values = CASES.map(({ status }) => `('${status.replaceAll("'", "''")}')`).join(", ");
    const rows = await connection.runAndReadAll(
      `select s, case when ${matches("status_keep_pattern")} then 'kept' when ${matches("status_return_pattern")} then 'returns' ${groups} else 'kept' end
       from (values ${values}) as statuses(s)`,
    );
    expect(rows.getRows()).toEqual(CASES.map(({ status, meaning }) => [status, meaning]));
    connection.closeSync();
  });
});
