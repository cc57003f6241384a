import fc from "fast-check";
import type { RawRow } from "../../sql/rawRows.ts";

/** As Ingest writes them: mostly numbers, and a column that once held words. */
const fileColumns = fc
  .record({
    cost: fc.option(fc.constantFrom("0", "1.25", "0.00125", "-3.5", "999999999999.99999999", "12.5"), { freq: 12 }),
    points: fc.option(fc.constantFrom("7", "0.005", "-2", "1e5", "seven", " 3", "12345678901234", "0.123456789"), {
      freq: 9,
    }),
    word: fc.option(fc.constantFrom('L\'Aquila "🎁"', "Bari", "\\n"), { freq: 3 }),
  })
  .map((cells) => (Object.values(cells).every((cell) => cell === null) ? null : JSON.stringify(cells)));

const whiteSpace = fc.constantFrom(
  ..."\t\n\v\f\r\x1c\x1f \u0085\u00a0\u1680\u180e\u2000\u2007\u200b\u2028\u202f\u205f\u3000\ufeff",
);
/** Any text with white space of any kind around it. */
const padded = (text: fc.Arbitrary<string>) =>
  fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 1, arbitrary: fc.tuple(whiteSpace, text, whiteSpace).map((parts) => parts.join("")) },
  );
const nothing = fc.constantFrom(null, "", "  ", "\t", "\u00a0", "\u3000");
const oddNumbers = [
  ...[
    "1e5",
    "1_000",
    "0x1F",
    "+5",
    "-0",
    "-0.00001",
    "00012",
    "1.",
    ".5",
    "-.5",
    "1,5",
    "1 000",
    "--1",
    "- 1",
    "1d",
    "5f",
  ],
  ...[
    "NaN",
    "Infinity",
    "-Infinity",
    "١٢",
    "１２",
    "٣.٥",
    "²",
    "½",
    "12\n34",
    "12\n",
    "\n12",
    "12\r",
    "12\u0085",
    "12\0",
  ],
  ...["99999999999999.9999", "99999999999999.99995", "100000000000000", "999999999999.9999", "999999999999.99995"],
  ...["1000000000000", "-1000000000000", "0.00001", "0.00005", "0.00004999", "-0.00005", "0.000000005", "0.0000000049"],
  ...["1e999", "9".repeat(38), "9".repeat(40), `0.${"1".repeat(60)}`, `${"0".repeat(50)}7`, `-${"9".repeat(13)}`],
  ...["123456", "999999", "1000000", "12345678.9999", "99999999.9999", "100000000.0001", "2147483648", "0.12345678"],
  ...["999999.12345678", "999999999999.12345678", "1.23456789012", "-7.00005", "7.00015", "0.00125", "33.333333335"],
];
const numberText = padded(
  fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: -20, max: 200 }).map(String) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.integer({ min: -50, max: 99_999 }), fc.nat(99)).map(([a, b]) => `${a}.${b}`),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.integer({ min: -5, max: 9_999_999 }), fc.nat(999_999_999)).map(([a, b]) => `${a}.${b}`),
    },
    { weight: 3, arbitrary: fc.constantFrom(...oddNumbers) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 8 }) },
  ),
);
/** What the file of rates may become on its way: good ones, and what is no rate and must not be taken for one. */
const exchangeRate = fc.oneof(
  { weight: 6, arbitrary: fc.constant(null) },
  {
    weight: 6,
    arbitrary: fc.constantFrom("1", "0.92", "0.92345678", "00012.5", "999999999.99999999", "123456789", "0.00000001"),
  },
  {
    weight: 4,
    arbitrary: padded(
      fc.constantFrom(
        ...[
          "",
          " ",
          "0",
          "0.0",
          "-1",
          "-0.5",
          "+1",
          "1e400",
          "1e-400",
          "1e2",
          "NaN",
          "Infinity",
          "null",
          "EUR",
          "0,92",
        ],
        ...["1.", ".5", "1.123456789", "1234567890", "9".repeat(40), "1_0", "٠.٩", "１", "0.92\n", "0.92\0"],
      ),
    ),
  },
);
const STATUSES = [
  ...["paid", "CANCELLED", "İptal", "Отменён", "取消", "partially_refunded", "wc-refunded", "Return", "Échoué"],
  ...["pending payment", "on-hold", "TEST", "Ödeme bekleniyor", "Straße", "ΑΚΥΡΟΣ", " Voided ", "ǅ refund"],
];
const two = (value: number) => String(value).padStart(2, "0");
const day = fc
  .tuple(fc.integer({ min: 2022, max: 2024 }), fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 31 }))
  .map(([year, month, date]) => `${year}-${two(month)}-${two(date)}`);
const time = fc.oneof(
  fc.tuple(fc.nat(23), fc.nat(59), fc.nat(59)).map((parts) => ` ${parts.map(two).join(":")}`),
  fc.constantFrom(
    "",
    " 00:00:00",
    " 23:59:59.999999",
    " 23:59:59.9995",
    " 23:59:59.9994",
    " 12:30:00.5",
    " 01:02:03.0005",
  ),
);
const oddDates = [
  ...["2023-02-29", "2024-02-29", "2024-02-30", "2024-04-31", "1970-01-01", "1969-12-31 23:59:59.999999", "2099-12-31"],
  ...["9999-12-31 23:59:59.999999", "0000-00-00", "0001-01-01", "1000-01-01", "1582-10-10", "1900-02-29", "2024-13-01"],
  ...[
    "2024-00-10",
    "2024-01-00",
    "2024-01-01 24:00:00",
    "2024-01-01 23:59:60",
    "2024-01-01T10:00:00",
    "2024-01-01 10:00",
  ],
  ...[
    "2024-01-01 10:00:00.1234567",
    "2024-01-01 10:00:00.",
    "2024-01-01  10:00:00",
    "12/1/2010 8:26",
    "2024-1-1",
    "20240101",
  ],
  ...[
    "-2024-01-01",
    "infinity",
    "epoch",
    "2024-01-01 10:00:00+02",
    "2024-01-01 10:00:00Z",
    "2024-01-01\n",
    "٢٠٢٤-٠١-٠١",
  ],
];
const dateText = padded(
  fc.oneof(
    { weight: 12, arbitrary: fc.tuple(day, time).map((parts) => parts.join("")) },
    { weight: 3, arbitrary: fc.constantFrom(...oddDates) },
    { weight: 1, arbitrary: fc.string({ unit: "grapheme", maxLength: 12 }) },
  ),
);
const oddTexts = [
  ...[
    "A",
    "a",
    "O'Brien",
    '"quoted"',
    "x,y",
    "a\nb",
    "a\r\nb",
    "\\",
    "\\d",
    "%",
    "_",
    "🛒",
    "👨‍👩‍👧",
    "e\u0301",
    "é",
    "É",
    "ß",
    "İ",
  ],
  ...[
    "\uffff",
    "\ufffd",
    "\u{10ffff}",
    "\ue000",
    "K",
    "\u212a",
    "ſ",
    "'; drop table ingests; --",
    "{{as_of}}",
    "null",
    "NULL",
  ],
  ...[
    "\0",
    "a\0b",
    "\u202eabc",
    "A.0",
    "12.0",
    "012.0",
    "12.00",
    "١٢.0",
    "12.0\n",
    "12\n13.0",
    "x".repeat(2_000),
    "ab on 2024-01-01",
  ],
];
const text = fc.oneof(
  { weight: 6, arbitrary: padded(fc.constantFrom(...oddTexts)) },
  { weight: 2, arbitrary: nothing },
  { weight: 2, arbitrary: fc.string({ unit: "grapheme", maxLength: 10 }) },
);
const customerId = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 1, max: 120 }).map(String) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }).map((id) => `${id}.0`) },
  { weight: 3, arbitrary: text },
);
const orderId = fc.oneof(
  { weight: 10, arbitrary: fc.integer({ min: 1, max: 400 }).map((id) => `O${id}`) },
  { weight: 4, arbitrary: padded(fc.constantFrom("C1", "c77", "CARD", "C", "C٣", "c1\nx", "x\nC1", "C12\n")) },
  { weight: 2, arbitrary: text },
);

function line(sources: readonly string[]): fc.Arbitrary<RawRow> {
  const words = fc.oneof(fc.constantFrom("POST", "post", "P1", "P2", "P3", "Käse", "M", "\nM"), text);
  const orNothing = <T>(arbitrary: fc.Arbitrary<T>, weight: number) =>
    fc.oneof({ weight: 10, arbitrary }, { weight, arbitrary: nothing });
  const full = fc.record({
    source: fc.constantFrom(...sources),
    customer_id: customerId,
    order_id: orderId,
    order_date: orNothing(dateText, 1),
    product_id: words,
    description: text,
    quantity: orNothing(numberText, 1),
    unit_price: orNothing(numberText, 1),
    amount: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: orNothing(numberText, 2) }),
    country: text,
    currency: text,
    order_status: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(null, ...STATUSES) },
      { weight: 1, arbitrary: text },
    ),
    category: fc.oneof(fc.constantFrom("toys", "garden", null), text),
    payment_method: fc.oneof(fc.constantFrom("card", "cash", null), text),
    exchange_rate: exchangeRate,
    other_columns: fc.constantFrom(null, "{}", '{"note":"🎁"}'),
    file_columns: fileColumns,
  });
  const unreadable = fc.record({
    source: fc.constantFrom(...sources),
    unreadable: fc.constantFrom("too many columns", 'no "closing" quote', ""),
  });
  return fc.oneof({ weight: 30, arbitrary: full }, { weight: 1, arbitrary: unreadable });
}

/** Rows as no shop would write them, with a fifth copied: exactly, or but for a column that is missing or empty. */
export function hostileRows(sources: readonly string[], count: number, seed: number): RawRow[] {
  const rows = fc.sample(line(sources), { seed, numRuns: count });
  const copies = rows
    .filter((_, i) => i % 5 === 0)
    .map((row, i) => [row, { ...row, country: "" }, { ...row, country: null }, { ...row, other_columns: null }][i % 4]);
  return [...rows, ...(copies as RawRow[])];
}
