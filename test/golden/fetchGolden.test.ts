import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { onlineRetailRows } from "../../scripts/fetchGolden.ts";
import { hasGoldenData, SHARED } from "./onlineRetail.ts";

describe("node scripts/fetchGolden.ts", () => {
  it("refuses other rows, and says of a workbook what to do", () => {
    const rows = Buffer.from("InvoiceNo,StockCode\r\n1,2\r\n");
    expect(() => onlineRetailRows(rows)).toThrow(/The rows differ\. SHA-256 [0-9a-f]{64}, not/);
    expect(() => onlineRetailRows(Buffer.from("PK\u0003\u0004"))).toThrow(/save the sheet as CSV first/);
  });

  it.skipIf(!hasGoldenData)("takes the rows in Latin-1 with CRLF as in UTF-8, packed or not", () => {
    const latin = readFileSync(join(SHARED, "data/online-retail-latin1.csv.gz"));
    const expected = gunzipSync(readFileSync(join(SHARED, "data/online-retail.csv.gz")));
    expect(onlineRetailRows(latin).equals(expected)).toBe(true);
    expect(onlineRetailRows(gunzipSync(latin)).equals(expected)).toBe(true);
  });
});
