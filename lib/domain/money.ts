/** Money is kept in ten-thousandths, the scale of `decimal(18, 4)`: integers below 2^53 add up exactly. */
const UNITS = 10_000;

/** Ten-thousandths of a decimal(18, 4) that was read as a double. */
export function toTenThousandths(value: number): number {
  return Math.round(value * UNITS);
}

/** Exact decimal text of a number of ten-thousandths, with two to four decimals: 771836000 → "77183.60". */
export function formatTenThousandths(units: number): string {
  const magnitude = Math.abs(units);
  const whole = Math.floor(magnitude / UNITS);
  const fraction = String(magnitude % UNITS)
    .padStart(4, "0")
    .replace(/0{1,2}$/, "");
  return `${units < 0 ? "-" : ""}${whole}.${fraction}`;
}

/** Exact ten-thousandths of decimal text with at most four decimals, like "-12.5000"; of any size. */
export function decimalTextToUnits(text: string): bigint {
  const [, sign, whole, fraction = ""] = /^(-?)(\d+)(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  if (whole === undefined) throw new RangeError(`"${text}" is not a decimal with at most four decimals`);
  const units = BigInt(whole + fraction.padEnd(4, "0"));
  return sign === "-" ? -units : units;
}

/** The double nearest to exact ten-thousandths. */
export function unitsToNumber(units: bigint): number {
  return Number(units) / UNITS;
}
