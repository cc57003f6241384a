import iconv from "iconv-lite";
import { afterAll, describe, expect, it } from "vitest";
import { createRandom, randomInteger } from "../../../lib/domain/clustering/fit/random.ts";
import statusWords from "../../../lib/domain/quality/statusWords.json" with { type: "json" };
import { createDecoder } from "../../../lib/ingest/text/encoding.ts";
import { guessEncoding } from "../../../lib/ingest/text/guess/guessEncoding.ts";
import { LIKELY } from "../../../lib/ingest/text/textFile.ts";
import { effort } from "../../support/effort.ts";
import { columnOf, openWorkbench } from "../helpers.ts";
import { judgeShop } from "../shops/judgeShops.ts";

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

/** By language, the code pages that its files come in. */
const USUAL_ENCODINGS: Readonly<Record<string, readonly string[]>> = {
  de: ["windows-1252", "macintosh", "cp850", "cp437", "windows-1250", "iso-8859-15"],
  fr: ["windows-1252", "macintosh", "cp850", "cp437", "iso-8859-1"],
  es: ["windows-1252", "macintosh", "cp850", "iso-8859-15"],
  pt: ["windows-1252", "macintosh", "cp850"],
  it: ["windows-1252", "macintosh", "cp850"],
  sv: ["windows-1252", "macintosh", "cp850", "cp437"],
  da: ["windows-1252", "macintosh", "cp850"],
  fi: ["windows-1252", "macintosh", "cp850"],
  pl: ["windows-1250", "iso-8859-2", "cp852", "windows-1257"],
  cs: ["windows-1250", "iso-8859-2", "cp852"],
  sk: ["windows-1250", "iso-8859-2", "cp852"],
  hu: ["windows-1250", "iso-8859-2", "cp852"],
  ro: ["windows-1250", "iso-8859-2", "cp852"],
  hr: ["windows-1250", "iso-8859-2", "cp852"],
  tr: ["windows-1254", "iso-8859-9", "cp857"],
  ru: ["windows-1251", "koi8-r", "ibm866", "iso-8859-5"],
  uk: ["windows-1251", "koi8-u"],
  bg: ["windows-1251"],
  el: ["windows-1253", "iso-8859-7", "cp737"],
  he: ["windows-1255", "iso-8859-8"],
  ar: ["windows-1256", "iso-8859-6"],
  th: ["windows-874"],
  ja: ["shift_jis", "euc-jp"],
  ko: ["euc-kr"],
  zh: ["gb18030"],
};

/** The words beyond ASCII that statuses have in a language. */
const wordsOf = (language: string): string[] => {
  const lists = Object.values(statusWords).filter((list) => typeof list === "object");
  const words = lists.flatMap((list) => (list as Readonly<Record<string, readonly string[]>>)[language] ?? []);
  return words.map((word) => word.replace(/[=*]/g, "")).filter((word) => /[^\p{ASCII}]/u.test(word));
};

const TEXTS_PER_ENCODING = effort(6, 300);

const guessed = (bytes: Uint8Array) =>
  guessEncoding(
    bytes,
    [...new Set(bytes)].filter((byte) => byte >= 0x80),
  );

describe("the encoding of a text", () => {
  it.each(TEXTS.flatMap(([script, text, encodings]) => encodings.map((encoding) => ({ script, text, encoding }))))(
    "$script in $encoding",
    ({ text, encoding }) => {
      const guess = guessed(iconv.encode(text, encoding));
      expect(guess.encoding).toBe(encoding);
      expect(guess.rivals[0]?.margin).toBeGreaterThan(6);
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
    for (const encoding of encodings) {
      const bytes = iconv.encode(text, encoding);
      expect(createDecoder(guessed(bytes).encoding)(bytes, true)).toBe(text);
    }
  });

  it("is never taken for another one: each text of the lists of words is right, or asked about", () => {
    const random = createRandom("code pages");
    let asked = 0;
    let tried = 0;
    for (const [language, encodings] of Object.entries(USUAL_ENCODINGS)) {
      const words = wordsOf(language);
      for (const encoding of encodings) {
        const own = words.filter((word) => iconv.decode(iconv.encode(word, encoding), encoding) === word);
        for (let i = 0; i < TEXTS_PER_ENCODING; i++) {
          const some = Array.from({ length: 1 + (i % 6) }, () => own[randomInteger(random, own.length)] as string);
          const text = some.map((word, line) => `100${line},${word},2024-01-0${line + 1},5\n`).join("");
          const bytes = iconv.encode(text, encoding);
          const { encoding: found, rivals } = guessed(bytes);
          const isAsked = (rivals[0]?.margin ?? Number.POSITIVE_INFINITY) < LIKELY;
          tried++;
          if (isAsked) asked++;
          else expect([encoding, createDecoder(found)(bytes, true)]).toEqual([encoding, text]);
        }
      }
    }
    expect(asked / tried).toBeLessThan(0.1);
  });

  // Short files in windows-1250 and windows-1254 whose words of statuses and columns another code page garbles.
  it.each(["305193", "315363", "316823"])("reads the statuses of shop %s as they were written", async (seed) => {
    expect(await judgeShop(seed, bench)).toMatchObject({ verdict: "right" });
  });

  it("asks nothing where the words that read otherwise are names of people or goods", async () => {
    const rows = "A1,7,Muñoz,Caña,2024-01-03,5\nA2,8,Smith,Mug,2024-01-04,6\n";
    const text = `order_id,customer_id,customer_name,description,date,amount\n${rows}`;
    const { file } = await bench.drop(iconv.encode(text, "windows-1252"));
    expect(file.encoding).toBe("windows-1252");
    expect(file.notes.join()).toMatch(/unsure from words like Muñoz Caña; if words look wrong: --encoding windows-125/);
    await expect(bench.drop(iconv.encode(text.replace("A1,7", "A1,Ñ7"), "windows-1252"))).rejects.toMatchObject({
      code: "UNDECIDABLE_ENCODING",
      context: { flags: expect.arrayContaining(["--encoding windows-1252"]) },
    });
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
      /reads "홍길동" as euc-kr and "全辨悼" as gb18030, .* Say which with --encoding euc-kr or --encoding gb18030/,
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
          expect(error.message).toMatch(/"C17\u00a0" as (\S+) and .* Say which with --encoding \1 or --encoding/);
          return ["C17"];
        };
        expect(await read.catch(asked)).toEqual(["C17"]);
      }
    },
  );
});
