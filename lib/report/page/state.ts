/// <reference lib="dom" />

import { clusterTitle } from "../../domain/clustering/identity/profiles.ts";
import { createFormat } from "../../domain/dashboard/format.ts";
import { unpack } from "../../domain/dashboard/pack.ts";
import { isUnderOtherSettings } from "../../domain/dashboard/salesSentences.ts";
import type { DashboardData, SalesView } from "../../domain/dashboard/types.ts";
import { isOpenMonth as isOpen } from "../../domain/dashboard/words.ts";
import { isLeavingSeen } from "../../domain/forecast/fit/leaving.ts";
import { readPlace, showPlace } from "./address.ts";

/** What the page shows and how: the data, the filter, the colours. */

export const data = unpack(JSON.parse(document.getElementById("data")?.textContent ?? "null")) as DashboardData;
export const format = createFormat(data.display);

/** The run before had other settings, so that nothing that differs from it is what customers did alone. */
export const isOtherwise = isUnderOtherSettings(data.summary);

/** Who the page is about, in words: the selected segment, or all customers. */
export const whom = (): string => selectedSegment ?? "all customers";

const { currency } = data.display;
/** "Revenue in GBP", or "Revenue" where the currency is not known. */
export const inMoney = (what: string): string => (currency === null ? what : `${what} in ${currency}`);
/** "revenue (GBP)": the name of a column. */
export const ofMoney = (what: string): string => (currency === null ? what : `${what} (${currency})`);
/** "expected revenue, discounted (GBP)": of amounts ahead, which are present values where the run has a rate. */
export const ofMoneyAhead = (what: string): string =>
  ofMoney(data.summary.forecast?.discountRate === undefined ? what : `${what}, discounted`);

export const clusterLabel = (id: number): string =>
  data.summary.clusters.find((cluster) => cluster.id === id)?.label ?? String(id);

/** A cluster with the letter that it keeps. */
export const clusterName = clusterTitle;

export const isOpenMonth = (month: string): boolean => isOpen(month, data.summary.snapshotDate);
/** What a chart by month says where the last month is not over. */
export const openMonthNote = (months: readonly { readonly month: string }[]): string =>
  isOpenMonth(months.at(-1)?.month ?? "0001-01-01")
    ? `; the last month, paler, goes to ${format.date(data.summary.history.lastDate)} only`
    : "";

/** The segment that an address names, where there is one of that name. */
const segmentInAddress = (): string | null => {
  const { segment } = readPlace(location.hash);
  return data.summary.segments.some(({ name }) => name === segment) ? segment : null;
};

let selectedSegment: string | null = segmentInAddress();
const listeners: (() => void)[] = [];

export const filter = (): string | null => selectedSegment;

/** Sales of the selected segment, or of everybody. */
export const sales = (): SalesView =>
  (selectedSegment === null ? undefined : data.bySegment[selectedSegment]) ?? data.everybody;

/** Revenue of the selected segment, or of everybody. */
export const revenueShown = (): number =>
  (selectedSegment === null ? undefined : data.summary.segments.find(({ name }) => name === selectedSegment))
    ?.revenue ?? data.summary.totals.revenue;

/** Selects a segment, or nobody in particular; selecting it again clears it. The address follows. */
export function select(segment: string | null): void {
  const known = data.summary.segments.some(({ name }) => name === segment) ? segment : null;
  selectedSegment = known === selectedSegment ? null : known;
  showPlace({ section: readPlace(location.hash).section, segment: selectedSegment });
  showAll();
}

/** Whether something of this segment is to be paler, since another one is selected. */
export const isFaded = (segment: string | null): boolean => selectedSegment !== null && segment !== selectedSegment;

/** Follows the address: back, forward, and links that carry a segment. */
export function followAddress(): void {
  addEventListener("popstate", () => {
    const segment = segmentInAddress();
    if (segment === selectedSegment) return;
    selectedSegment = segment;
    showAll();
  });
}

/** Below this width charts are drawn for phones and sections fold. */
const narrow = matchMedia("(max-width: 640px)");
export const isNarrow = (): boolean => narrow.matches && !isPrinting && !onPaper.matches;

function showAll(): void {
  for (const listener of listeners) listener();
}

/** Calls now, and whenever the filter or the colours change. */
export function onChange(listener: () => void): void {
  listeners.push(listener);
  listener();
}

const THEME_KEY = "rfm-theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const onPaper = matchMedia("print");
let chosenTheme: "light" | "dark" | null = null;
let isPrinting = false;

/** Paper is white, whatever the screen is. */
export function isDark(): boolean {
  if (isPrinting || onPaper.matches) return false;
  return chosenTheme === null ? prefersDark.matches : chosenTheme === "dark";
}

export function toggleTheme(): void {
  chosenTheme = isDark() ? "light" : "dark";
  remember(chosenTheme);
  showTheme();
}

/** Follows the system until the reader chooses. */
export function followTheme(): void {
  chosenTheme = remembered();
  prefersDark.addEventListener("change", showTheme);
  narrow.addEventListener("change", showAll);
  onPaper.addEventListener("change", showTheme);
  for (const [moment, starts] of [
    ["beforeprint", true],
    ["afterprint", false],
  ] as const)
    addEventListener(moment, () => {
      isPrinting = starts;
      showTheme();
    });
  showTheme();
}

function showTheme(): void {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  showAll();
}

/** Pages opened from disk may be denied storage; then the choice holds as long as the page is open. */
function remember(theme: "light" | "dark"): void {
  try {
    localStorage.setItem(THEME_KEY, theme);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

function remembered(): "light" | "dark" | null {
  try {
    const theme = localStorage.getItem(THEME_KEY);
    return theme === "light" || theme === "dark" ? theme : null;
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null;
  }
}

/** Whether the forecast tells customers who have left from others; else it says so, and nothing is listed by it. */
export const tellsWhoLeft = (): boolean => {
  const lifetime = data.summary.lifetime;
  return lifetime == null || isLeavingSeen(lifetime.parameters);
};
