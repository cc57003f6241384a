import pc from "picocolors";
import type { HoldoutGroup } from "../../../lib/domain/audience/holdout.ts";
import type { AudienceCounts } from "../../../lib/local/audience/exportAudience.ts";
import type { EmailCounts } from "../../../lib/local/audience/exportEmails.ts";
import type { AudienceSource } from "../../../lib/local/audience/source.ts";

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

/** The same for hashed addresses: counts, never an address. */
export function emailReport(
  counts: EmailCounts,
  source: AudienceSource,
  holdout: HoldoutGroup,
  places: { readonly out?: string; readonly holdoutOut?: string },
): string {
  const lines = [headline(counts, source, places.out), holdoutLine(counts, holdout)];
  const left = places.holdoutOut === undefined ? "" : `, written to ${places.holdoutOut}`;
  lines.push(
    `${whole.format(counts.addresses)} hashed addresses; ${people(counts.heldOutWithAddress)} with an address left out${left}.`,
  );
  if (counts.withoutAddress > 0)
    lines.push(`${people(counts.withoutAddress)} without an e-mail address (--emails FILE gives them).`);
  if (counts.sharedWithHoldout > 0)
    lines.push(
      `${whole.format(counts.sharedWithHoldout)} addresses are also those of customers held out: left out too.`,
    );
  return `${lines.join("\n")}\n`;
}

function headline({ customers }: { customers: number }, source: AudienceSource, out: string | undefined): string {
  const to = out === undefined || out === "-" ? "" : ` to ${out}`;
  return `${pc.bold(people(customers))} of run ${source.runId} (as of ${source.snapshotDate})${to}.`;
}

function holdoutLine(counts: { customers: number; heldOut: number }, { share, campaign }: HoldoutGroup): string {
  if (share === 0) return "Nobody is held out.";
  const of = campaign === "" ? "in all exports without --campaign" : `in campaign "${campaign}"`;
  return `${people(counts.heldOut)} held out (${(share * 100).toFixed(1)} % of everybody, the same ones ${of}): do not write to them.`;
}
