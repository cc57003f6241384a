import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

/**
 * Puts the rows of Online Retail where the tests look for them. The data set is UCI's (D. Chen, CC BY 4.0,
 * https://doi.org/10.24432/C5BW33): download it, save the workbook as CSV (dates like `12/1/2010 8:26`), then `node
 * scripts/fetchGolden.ts FILE`. Encoding, line ends and gzip do not matter. What is not those rows, byte for byte, is
 * refused: reference figures hold for them alone.
 */

export const GOLDEN_DATA = fileURLToPath(new URL("../../shared/data/online-retail.csv.gz", import.meta.url));
const SHA256 = "a2f79bbdd4463df6db8a3f5a50b9c980ae8f645a370bf5e2c0d6097f9e817b05";

/** A rendering of the rows that is not the one whose digest is known. */
export class WrongDataError extends Error {}

/** The rows as UTF-8 with LF, from any rendering of them. @throws WrongDataError */
export function onlineRetailRows(bytes: Buffer): Buffer {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  const rows = Buffer.from(
    textOf(plain)
      .replace(/^\uFEFF/, "")
      .replaceAll("\r\n", "\n")
      .replace(/\n*$/, "\n"),
  );
  const found = createHash("sha256").update(rows).digest("hex");
  if (found === SHA256) return rows;
  const isWorkbook = plain.subarray(0, 2).toString() === "PK";
  const hint = isWorkbook ? "It is a workbook or an archive: save the sheet as CSV first." : "The rows differ.";
  throw new WrongDataError(
    `This is not Online Retail as the reference figures have it. ${hint} SHA-256 ${found}, not ${SHA256}.`,
  );
}

function textOf(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** What a run of the tests without the data does not show, for people; undefined where the data is there. */
export const missingGoldenData = (): string | undefined =>
  existsSync(GOLDEN_DATA)
    ? undefined
    : `NOT CHECKED: the figures of Online Retail, the central claim, for ${GOLDEN_DATA} is missing; node scripts/fetchGolden.ts FILE puts it there.`;

if (import.meta.main) {
  const [file] = process.argv.slice(2);
  if (file === undefined) throw new Error("usage: node scripts/fetchGolden.ts FILE.csv[.gz]");
  const rows = onlineRetailRows(readFileSync(file));
  mkdirSync(new URL("../../shared/data/", import.meta.url), { recursive: true });
  writeFileSync(GOLDEN_DATA, gzipSync(rows), { flag: "wx" });
  console.log(`${GOLDEN_DATA}: ${rows.length} bytes of rows, as the reference figures have them.`);
}
