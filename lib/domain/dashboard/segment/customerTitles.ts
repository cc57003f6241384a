import { type Format, plural } from "../format.ts";
import { about, total } from "../words.ts";
import type { CustomerListName, ListedCustomer } from "./customerLists.ts";

/** A list of customers as the page shows it. */
export interface ShownList {
  readonly list: CustomerListName;
  /** null: of all customers. */
  readonly segment: string | null;
  readonly rows: readonly ListedCustomer[];
  /** So many customers the rows are the first of. */
  readonly of: number;
}

/** The list of a segment; of all customers, as many as the list of one segment has at most, the largest first. */
export function shownList(
  customers: readonly ListedCustomer[],
  list: CustomerListName,
  segment: string | null,
): ShownList {
  const ofList = customers.filter((row) => row.list === list);
  const rows = segment === null ? firstOf(ofList) : ofList.filter((row) => row.segment === segment);
  const sizes = new Map(ofList.map((row) => [row.segment, row.of]));
  const of = segment === null ? total([...sizes.values()], (size) => size) : (sizes.get(segment) ?? 0);
  return { list, segment, rows, of };
}

/** Whoever is among the first of all is among the first of the own segment. */
function firstOf(rows: readonly ListedCustomer[]): ListedCustomer[] {
  const length = Math.max(0, ...rows.map(({ rank }) => rank));
  return [...rows].sort((a, b) => b.monetary - a.monetary || (a.customer_id < b.customer_id ? -1 : 1)).slice(0, length);
}

/** What a title needs to know of the run. */
export interface ListFacts {
  /** Revenue of the segment, or of everybody. */
  readonly revenue: number;
  /** ISO date of the run before; null for a first run. */
  readonly earlierDate: string | null;
  readonly hasForecast: boolean;
  /** The run before had other settings: then nobody is said to have moved. */
  readonly isOtherwise?: boolean;
}

/** The finding of a list. */
export function customersTitle(shown: ShownList, facts: ListFacts, format: Format): string {
  const { list, segment, of } = shown;
  if (list === "top") return topTitle(shown, facts, format);
  if (list === "quiet") return quietTitle(shown, facts, format);
  if (facts.earlierDate === null) return "Nobody has moved yet: there is no run before this one to compare with";
  if (facts.isOtherwise === true) return otherwiseTitle(shown, facts.earlierDate, format);
  const since = `since the run as of ${format.date(facts.earlierDate)}`;
  const came = segment === null ? "came into another segment, or came new," : "came in";
  const left = segment === null ? `left ${of === 1 ? "its" : "their"} segment` : "left";
  const who = plural(format, of, "customer");
  return about(segment, `${who} ${list === "in" ? came : left} ${since}`);
}

function otherwiseTitle({ list, segment, of }: ShownList, earlierDate: string, format: Format): string {
  const where = list === "in" ? "was elsewhere" : "is elsewhere now";
  const verb = of === 1 ? where : where.replace("was", "were").replace("is ", "are ");
  return about(
    segment,
    `${plural(format, of, "customer")} ${verb}, under other settings than in the run as of ${format.date(earlierDate)}`,
  );
}

function topTitle({ segment, rows, of }: ShownList, { revenue }: ListFacts, format: Format): string {
  const n = rows.length;
  if (n === 0) return about(segment, "No customer is listed");
  const spent = total(rows, ({ monetary }) => monetary);
  const share = revenue > 0 ? `, ${format.share(spent / revenue)} of ${segment === null ? "all" : "its"} revenue` : "";
  const who = n === 1 ? "The customer" : `The ${format.count(n)} customers`;
  const which = n < of ? " who spent most" : segment === null ? "" : " in it";
  return about(segment, `${who}${which} brought ${format.money(spent)}${share}`);
}

function quietTitle({ segment, rows, of }: ShownList, { hasForecast }: ListFacts, format: Format): string {
  if (!hasForecast) return "The history is too short to tell who has been quiet for too long";
  if (of === 0) return about(segment, "Nobody has been quiet for too long");
  const spent = format.money(total(rows, ({ monetary }) => monetary));
  const whose = rows.length < of ? `the ${format.count(rows.length)} listed` : "they";
  const text = `${plural(format, of, "customer")} ${of === 1 ? "has" : "have"} been quiet for too long; ${whose} had brought ${spent}`;
  return about(segment, text);
}
