import { plainDecimal } from "../json/flattenJson.ts";

const DAY_MS = 86_400_000;

/** Day 0 of the two ways in which Excel counts; the first has a 29 February 1900, which never was. */
const EPOCH_1900_MS = Date.UTC(1899, 11, 30);
const EPOCH_1904_MS = Date.UTC(1904, 0, 1);

/** Milliseconds by which the fraction of a day that stands for a second may miss it. */
const SECOND_TOLERANCE_MS = 20;

/** A number as Excel shows it: 15 digits, which hides the binary fractions that the file holds. */
export function cellNumber(text: string): string {
  if (/^-?\d{1,15}$/.test(text)) return text;
  const value = Number(text);
  return Number.isFinite(value) ? plainDecimal(String(Number(value.toPrecision(15)))) : text;
}

/** A day's number as ISO text: a date, with the time where it is not midnight; the time alone below 1. */
export function serialDate(text: string, is1904: boolean): string {
  const serial = Number(text);
  if (!Number.isFinite(serial) || serial < 0 || serial >= 2_958_466) return text;
  const days = !is1904 && serial >= 1 && serial < 60 ? serial + 1 : serial;
  const time = (is1904 ? EPOCH_1904_MS : EPOCH_1900_MS) + days * DAY_MS;
  const second = Math.round(time / 1000) * 1000;
  const iso = new Date(Math.abs(time - second) <= SECOND_TOLERANCE_MS ? second : time).toISOString();
  const clock = iso.slice(11).replace(/(\.000)?Z$/, "");
  if (serial > 0 && serial < 1) return clock;
  return clock === "00:00:00" ? iso.slice(0, 10) : `${iso.slice(0, 10)} ${clock}`;
}
