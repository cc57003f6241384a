/** Ways of writing an amount of cents. */

const grouped = (whole: string, mark: string): string => whole.replace(/\B(?=(\d{3})+$)/g, mark);
const indian = (whole: string): string =>
  whole.length <= 3 ? whole : `${whole.slice(0, -3).replace(/\B(?=(\d{2})+$)/g, ",")},${whole.slice(-3)}`;

function split(cents: number): { sign: string; whole: string; fraction: string } {
  const size = Math.abs(cents);
  return {
    sign: cents < 0 ? "-" : "",
    whole: String(Math.floor(size / 100)),
    fraction: String(size % 100).padStart(2, "0"),
  };
}

const withParts =
  (write: (whole: string, fraction: string) => string) =>
  (cents: number): string => {
    const { sign, whole, fraction } = split(cents);
    return sign + write(whole, fraction);
  };
const trimmed = (fraction: string, mark: string): string => {
  const rest = fraction.replace(/0+$/, "");
  return rest === "" ? "" : mark + rest;
};

const FORMS: Readonly<Record<string, (cents: number) => string>> = {
  point: withParts((whole, fraction) => `${whole}.${fraction}`),
  pointTrimmed: withParts((whole, fraction) => whole + trimmed(fraction, ".")),
  pointGrouped: withParts((whole, fraction) => `${grouped(whole, ",")}.${fraction}`),
  pointGroupedTrimmed: withParts((whole, fraction) => grouped(whole, ",") + trimmed(fraction, ".")),
  pointThree: withParts((whole, fraction) => `${whole}.${fraction}0`),
  pointFour: withParts((whole, fraction) => `${whole}.${fraction}00`),
  comma: withParts((whole, fraction) => `${whole},${fraction}`),
  commaTrimmed: withParts((whole, fraction) => whole + trimmed(fraction, ",")),
  commaGrouped: withParts((whole, fraction) => `${grouped(whole, ".")},${fraction}`),
  commaGroupedTrimmed: withParts((whole, fraction) => grouped(whole, ".") + trimmed(fraction, ",")),
  commaThree: withParts((whole, fraction) => `${whole},${fraction}0`),
  commaBlank: withParts((whole, fraction) => `${grouped(whole, "\u00a0")},${fraction}`),
  commaNarrow: withParts((whole, fraction) => `${grouped(whole, "\u202f")},${fraction}`),
  pointApostrophe: withParts((whole, fraction) => `${grouped(whole, "'")}.${fraction}`),
  indian: withParts((whole, fraction) => `${indian(whole)}.${fraction}`),
  scientific: (cents) => (cents / 100).toExponential(),
  arabic: withParts((whole, fraction) =>
    `${grouped(whole, "٬")}٫${fraction}`.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit))),
  ),
};

export const NUMBER_FORMS = Object.keys(FORMS);
export const writeNumber = (form: string, cents: number): string => (FORMS[form] as (cents: number) => string)(cents);

/** What stands around a number; # is the number. */
export const CURRENCY_FORMS = [
  "#",
  "#",
  "#",
  "#",
  "€#",
  "# €",
  "$#",
  "US $#",
  "EUR #",
  "#EUR",
  "£ #",
  "# zł",
  "# kr",
  "Rs. #",
  "R$ #",
  "CHF #",
  "# руб.",
  "¥#",
  "#円",
  "₩#",
  "# TL",
];
export const QUANTITY_FORMS = ["#", "#", "#", "#", "# pcs", "# Stück", "x#", "#.00", "#,00", "#.0", "# шт."];
