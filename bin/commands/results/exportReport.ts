import type { HoldoutGroup } from "../../../lib/domain/audience/holdout.ts";
import { type ContactField, LOSS_REASONS, type Loss } from "../../../lib/domain/audience/losses.ts";
import { percentText } from "../../../lib/domain/text/percent.ts";
import type { ContactFile } from "../../../lib/local/audience/contacts.ts";
import type { AudienceCounts } from "../../../lib/local/audience/exportAudience.ts";
import type { ContactCounts } from "../../../lib/local/audience/exportContacts.ts";
import { type ExportRecord, removedOut } from "../../../lib/local/audience/members.ts";
import type { AudienceSource } from "../../../lib/local/audience/source.ts";
import { style as pc } from "../../terminal.ts";
import { plainTable } from "../table.ts";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const people = (count: number): string => `${whole.format(count)} ${count === 1 ? "customer" : "customers"}`;

/** What an export did, for the person at the terminal. */
export function audienceReport(
  counts: AudienceCounts,
  source: AudienceSource,
  holdout: HoldoutGroup,
  out: string | undefined,
): string {
  const lines = [headline(counts, source, out), holdoutLine(counts, holdout)];
  if (counts.guarded > 0) {
    const cells = `${whole.format(counts.guarded)} ${counts.guarded === 1 ? "cell" : "cells"}`;
    lines.push(
      `${cells} would look like a formula to a spreadsheet and got an apostrophe before it; --raw leaves it out.`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** The same for a tool's file: counts, never an address. */
export function contactReport(
  counts: ContactCounts,
  source: AudienceSource,
  holdout: HoldoutGroup,
  file: { readonly out?: string; readonly holdoutOut?: string } & Partial<
    Pick<ContactFile, "unusedColumns" | "rowsWithoutCustomer">
  >,
): string {
  const left = file.holdoutOut === undefined ? "" : `, written to ${file.holdoutOut}`;
  const lines = (count: number): string => `${whole.format(count)} ${count === 1 ? "line" : "lines"}`;
  const said = [
    headline(counts, source, file.out),
    holdoutLine(counts, holdout),
    `${lines(counts.written)} written; ${people(counts.heldOutReachable)} who can be reached left out${left}.`,
    ...changeLines(counts, file.out),
  ];
  if (counts.notAllowed > 0) said.push(`${people(counts.notAllowed)} without consent, or suppressed: left out.`);
  if (counts.withoutContact > 0)
    said.push(
      `${people(counts.withoutContact)} without an address or number that the tool takes (--contacts FILE gives them).`,
    );
  if (counts.sharedWithHoldout > 0)
    said.push(`${lines(counts.sharedWithHoldout)} with an address or number of customers held out: left out too.`);
  if (counts.sharedWithOther > 0)
    said.push(`${lines(counts.sharedWithOther)} with the address of another customer, who spent more: left out.`);
  said.push(...counts.losses.map(lossLine));
  const { unusedColumns = [], rowsWithoutCustomer = 0 } = file;
  if (rowsWithoutCustomer > 0)
    said.push(
      `Of the contacts, ${whole.format(rowsWithoutCustomer)} ${rowsWithoutCustomer === 1 ? "row names" : "rows name"} no customer.`,
    );
  if (unusedColumns.length > 0)
    said.push(`Columns of the contacts that no tool is given: ${unusedColumns.join(", ")}.`);
  return `${said.join("\n")}\n`;
}

const FIELD_WORDS: Readonly<Record<ContactField, readonly [one: string, many: string]>> = {
  email: ["e-mail address", "e-mail addresses"],
  phone: ["telephone number", "telephone numbers"],
  firstName: ["first name", "first names"],
  lastName: ["last name", "last names"],
  country: ["country", "countries"],
  postcode: ["postcode", "postcodes"],
};

/** What is not in the file, and why. */
function lossLine({ field, reason, values }: Loss): string {
  const why = LOSS_REASONS[reason];
  const [one, many] = FIELD_WORDS[field];
  return `${whole.format(values)} ${values === 1 ? one : many} not in the file: ${typeof why === "string" ? why : why[field]}.`;
}

function changeLines({ changed }: ContactCounts, out: string | undefined): string[] {
  if (changed === undefined) return [];
  const { added, changed: other, removed, unnamed } = changed;
  const left = removed === 0 ? "" : ` to ${removedOut(out as string)}`;
  const lost = unnamed === 0 ? "" : ` ${whole.format(unnamed)} of them are in the run no more and cannot be named.`;
  return [
    `Since the last export: ${whole.format(added)} added, ${whole.format(other)} changed, ${whole.format(removed)} removed${left}.${lost}`,
  ];
}

/** The exports of a lake as a table. */
export function exportList(records: readonly ExportRecord[]): string {
  if (records.length === 0) return "Nothing was exported from this lake yet.\n";
  const rows = records.map((record) => [
    record.exportedAt.slice(0, 16).replace("T", " "),
    record.to,
    record.filter.segments.join(", ") || "all segments",
    record.campaign,
    whole.format(record.lines),
    leftOutCell(record),
    record.isOnlyChanges ? "changes" : "whole",
    record.runId,
    record.exportedBy,
  ]);
  return `${plainTable(["exported (UTC)", "to", "segments", "campaign", "lines", "left out", "what", "run", "by"], rows)}\n`;
}

/** Customers who are not in a tool's file, and values that are not: nothing where all are. */
function leftOutCell({ leftOut }: ExportRecord): string {
  if (leftOut === undefined) return "";
  const customers = Object.values(leftOut.customers).reduce((sum, count) => sum + count, 0);
  const values = leftOut.values.reduce((sum, loss) => sum + loss.values, 0);
  return [
    ...(customers === 0 ? [] : [people(customers)]),
    ...(values === 0 ? [] : [`${whole.format(values)} ${values === 1 ? "value" : "values"}`]),
  ].join(", ");
}

function headline({ customers }: { customers: number }, source: AudienceSource, out: string | undefined): string {
  const to = out === undefined || out === "-" ? "" : ` to ${out}`;
  return `${pc.bold(people(customers))} of run ${source.runId} (as of ${source.snapshotDate})${to}.`;
}

function holdoutLine(counts: { customers: number; heldOut: number }, { share, campaign }: HoldoutGroup): string {
  if (share === 0) return "Nobody is held out.";
  const of = campaign === "" ? "in all exports without --campaign" : `in campaign "${campaign}"`;
  return `${people(counts.heldOut)} held out (${percentText(share)} of everybody, the same ones ${of}): do not write to them.`;
}
