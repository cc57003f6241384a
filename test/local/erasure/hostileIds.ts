import fc from "fast-check";
import { erasedIdOf } from "../../../lib/domain/customerId.ts";

/** Pieces of ids that mean something to CSV, JSON, XML, HTML, URLs, SQL, regular expressions or terminals. */
const PIECES = [
  ...[
    "\\",
    '"',
    "'",
    "`",
    "{",
    "}",
    "[",
    "]",
    "<",
    ">",
    "&",
    "&amp;",
    "&#34;",
    "%",
    "%20",
    "+",
    "$1",
    "$$",
    "^",
    "*",
    "?",
  ],
  ...[
    "\u001b",
    "\u0001",
    "\u0085",
    "\t",
    "\n",
    "\r\n",
    "\u2028",
    "; --",
    "/*",
    "|",
    ",",
    ";",
    "\\n",
    "\\u0041",
    "</script>",
  ],
  ...[
    "é",
    "e\u0301",
    "ß",
    "İ",
    "Я",
    "名",
    "\u{1f600}",
    "x'41'",
    "_x0041_",
    "a",
    "B",
    "7",
    "041000",
    "0x1F",
    "null",
    "NaN",
  ],
];

/** An id as deliveries bring it in: whole, and in its one spelling. */
export const hostileId: fc.Arbitrary<string> = fc
  .oneof(
    {
      weight: 6,
      arbitrary: fc.array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 6 }).map((p) => `K${p.join("")}9`),
    },
    { weight: 1, arbitrary: fc.string({ unit: "binary", minLength: 1, maxLength: 20 }) },
    { weight: 1, arbitrary: fc.constantFrom("41000", "ann@x.example", "L".repeat(3_000), '"', "\\", "{}") },
  )
  .filter((id) => erasedIdOf(id) === id && !id.includes("\0") && Buffer.from(id).toString() === id);
