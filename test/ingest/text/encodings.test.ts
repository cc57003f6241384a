import iconv from "iconv-lite";
import { afterAll, describe, expect, it } from "vitest";
import { guessScript } from "../../../lib/ingest/text/scriptGuess.ts";
import { columnOf, openWorkbench } from "../helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const orders = (header: string, names: readonly string[], status: string): string =>
  `${header}\n${names.map((name, i) => `A${i},${name},2024-01-0${i + 1},${status},5\n`).join("")}`;

/** Small files of shops, with the encodings that they come in. */
const TEXTS: readonly (readonly [script: string, text: string, encodings: readonly string[]])[] = [
  [
    "Japanese",
    orders("受注番号,注文者名前,注文日時,ステータス,合計金額", ["太郎", "ハナコ"], "発送済"),
    ["shift_jis", "euc-jp"],
  ],
  ["katakana", orders("order,customer,date,status,amount", ["アイウエオ", "カタカナ"], "ok"), ["shift_jis", "euc-jp"]],
  ["Chinese", orders("订单编号,买家会员名,下单时间,订单状态,总金额", ["王先生", "某公司"], "交易成功"), ["gb18030"]],
  ["traditional Chinese", orders("訂單編號,買家帳號,日期,訂單狀態,金額", ["陳先生", "林小姐"], "已完成"), ["big5"]],
  ["Korean", orders("주문번호,구매자,주문일자,상태,결제금액", ["홍길동", "김철수"], "배송완료"), ["euc-kr"]],
  [
    "Russian",
    orders("Заказ,Клиент,Дата,Статус,Сумма", ["Иванов", "Петрова Анна"], "Отменён"),
    ["windows-1251", "koi8-r", "ibm866", "iso-8859-5"],
  ],
  [
    "Greek",
    orders("Παραγγελία,Πελάτης,Ημερομηνία,Κατάσταση,Ποσό", ["Γιώργος", "Μαρία"], "ακυρώθηκε"),
    ["windows-1253"],
  ],
  ["Hebrew", orders("הזמנה,לקוח,תאריך,סטטוס,סכום", ["כהן", "לוי"], "בוטל"), ["windows-1255"]],
  ["Arabic", orders("الطلب,العميل,التاريخ,الحالة,المبلغ", ["محمد", "فاطمة"], "ملغى"), ["windows-1256"]],
  ["Thai", orders("คำสั่งซื้อ,ลูกค้า,วันที่,สถานะ,ยอด", ["สมชาย", "สมหญิง"], "ยกเลิก"), ["windows-874"]],
  [
    "Polish",
    orders("Zamówienie,Klient,Data,Stan,Kwota", ["Łukasz Wiśniewski", "Żaneta Gęś"], "zwrócone"),
    ["windows-1250"],
  ],
  [
    "Turkish",
    orders("Sipariş,Müşteri,Tarih,Durum,Tutar", ["Ayşe Yılmaz", "Ömer Çağlar"], "tamamlandı"),
    ["windows-1254"],
  ],
];

describe("the encoding of a text", () => {
  it.each(TEXTS.flatMap(([script, text, encodings]) => encodings.map((encoding) => ({ script, text, encoding }))))(
    "$script in $encoding",
    ({ text, encoding }) => {
      const guess = guessScript(iconv.encode(text, encoding));
      expect(guess?.encoding).toBe(encoding);
      expect(guess?.margin).toBeGreaterThan(5);
    },
  );

  it.each([
    ["French", "Éléonore Dupré,remboursé,François,créée", ["windows-1252", "macintosh", "cp437", "cp850"]],
    ["German", "Jörg Müller,Weiß,größer,ÄRGER MÜLLER GRÖSSE", ["windows-1252", "macintosh", "cp850"]],
    ["Swedish", "Åsa Öberg,Håkan,återbetald", ["windows-1252", "macintosh"]],
    ["one Swedish word", "5008,Återbetald,5002,Återbetald,5001,Återbetald", ["windows-1252"]],
    ["one French word", "garçon,garçon,garçon", ["windows-1252"]],
    ["Icelandic", "Þórður Guðmundsson,Sigríður Jónsdóttir", ["windows-1252"]],
    [
      "numbers with no-break spaces",
      "Rückerstattung,1711\u00a0,1718\u00a0,1725\u00a0,1732\u00a0",
      ["windows-1252", "cp850"],
    ],
    ["British", "£5,£7.50,£1", ["windows-1252", "cp437"]],
  ])("%s stays among the Western ones", (_language, text, encodings) => {
    for (const encoding of encodings) expect(guessScript(iconv.encode(text, encoding))).toBeUndefined();
  });

  it("is told by rows that come late, and said in the report", async () => {
    const plain = Array.from({ length: 200 }, (_, i) => `A${i},C${i},2024-01-03,paid,5\n`).join("");
    const text = `order,customer,date,status,amount\n${plain}B1,王先生,2024-01-04,交易关闭,7\nB2,张女士,2024-01-04,交易成功,7\n`;
    const { rows, file } = await bench.drop(iconv.encode(text, "gb18030"));
    expect(file.encoding).toBe("gb18030");
    expect(columnOf(rows, "customer_id").slice(-2)).toEqual(["王先生", "张女士"]);
    expect(file.notes.join(" ")).toContain("encoding gb18030, sure from words like 王先生 交易关闭 张女士");
  });

  it("is asked about where a few characters read in two scripts", async () => {
    const text = "order,customer,date,amount\nA1,홍길동,2024-01-03,5\n";
    const bytes = iconv.encode(text, "euc-kr");
    await expect(bench.drop(bytes)).rejects.toThrow(
      /reads "홍길동" as euc-kr and "全辨悼" as gb18030\. Say which with --encoding euc-kr or --encoding gb18030/,
    );
    expect(columnOf((await bench.drop(bytes, { encoding: "euc-kr" })).rows, "customer_id")).toEqual(["홍길동"]);
  });

  it.each(["windows-1252", "macintosh", "cp437", "cp850"])(
    "makes no second customer of a no-break space after an id in %s",
    async (encoding) => {
      for (const count of [1, 2, 4, 20]) {
        const rows = Array.from(
          { length: count },
          (_, i) => `A${i},C17${"\u00a0"},2024-01-03,5\nB${i},C17,2024-01-04,6\n`,
        );
        const bytes = iconv.encode(`order,customer,date,amount\n${rows.join("")}`, encoding);
        const read = bench.drop(bytes).then(({ rows }) => [...new Set(columnOf(rows, "customer_id"))]);
        // One or two may be letters: then it is asked, with the encoding that reads them as blanks.
        const asked = (error: Error): string[] => {
          expect(count).toBeLessThan(3);
          expect(error.message).toMatch(/Say which with --encoding windows-1252 or --encoding (macintosh|cp437)/);
          return ["C17"];
        };
        expect(await read.catch(asked)).toEqual(["C17"]);
      }
    },
  );
});
