import type { Config } from "../config/config.ts";
import { finePercentText } from "../text/percent.ts";

/** What is known of a drop: rows by reason (kept among them) and the profile's counts. */
export interface QualityFacts {
  readonly rowsByReason: Readonly<Record<string, number>>;
  readonly profile: Readonly<Record<string, number | string>>;
  /** Rows of the drops before this one, the newest first; at most twenty. */
  readonly earlierRows: readonly number[];
  /** ISO date of the drop. */
  readonly droppedOn: string;
}

export interface Finding {
  readonly level: "info" | "warn" | "refuse";
  readonly message: string;
}

type Rule = Exclude<keyof Config["quality"], "rules">;
/** Shares of the rows above which a drop is warned about or refused. */
export type QualityThresholds = Pick<Config["quality"], Rule>;

/** Which reasons count towards which threshold, and how to say it. */
const RULES: Readonly<Record<Rule, { readonly reasons: (reason: string) => boolean; readonly says: string }>> = {
  unreadable: { reasons: (reason) => reason === "unreadable_line", says: "lines could not be split into columns" },
  invalid: {
    reasons: (reason) =>
      reason.startsWith("invalid_") || reason === "date_out_of_range" || reason.endsWith("_overflow"),
    says: "rows have a date or a number that cannot be read or is out of range",
  },
  missingCustomer: { reasons: (reason) => reason === "missing_customer", says: "rows name no customer" },
  dropped: { reasons: (reason) => reason !== "kept", says: "rows do not count under the policies" },
};

/** Judges a drop by the thresholds: one finding per threshold that is exceeded. Shares are of all rows of the drop. */
export function judgeDrop(facts: Pick<QualityFacts, "rowsByReason">, thresholds: QualityThresholds): Finding[] {
  const total = Object.values(facts.rowsByReason).reduce((sum, rows) => sum + rows, 0);
  if (total === 0) return [];
  const findings: Finding[] = [];
  for (const [name, rule] of Object.entries(RULES)) {
    const rows = Object.entries(facts.rowsByReason).reduce(
      (sum, [reason, n]) => sum + (rule.reasons(reason) ? n : 0),
      0,
    );
    const share = rows / total;
    const limit = thresholds[name as Rule];
    const such = Object.entries(facts.rowsByReason).filter(([reason, n]) => n > 0 && rule.reasons(reason));
    const which = such.length > 1 ? ` (${reasonsInWords(Object.fromEntries(such))})` : "";
    const said = `${rows.toLocaleString("en-US")} of ${total.toLocaleString("en-US")} rows (${finePercentText(share)}): ${rule.says}${which}.`;
    if (share > limit.refuse) {
      findings.push({
        level: "refuse",
        message: `${said} The limit is ${100 * limit.refuse}% (quality.${name}.refuse).`,
      });
    } else if (share > limit.warn) {
      findings.push({ level: "warn", message: said });
    }
  }
  return findings;
}

/** Reasons with their rows, the commonest first: `missing_customer 12, cancellation 3`. */
function reasonsInWords(rowsByReason: QualityFacts["rowsByReason"]): string {
  const reasons = Object.entries(rowsByReason).filter(([reason, rows]) => reason !== "kept" && rows > 0);
  reasons.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return reasons.map(([reason, rows]) => `${reason} ${rows.toLocaleString("en-US")}`).join(", ");
}

/** Refuses a first drop of which no row counts: a history of nothing would be left, and no customer. */
export function judgeNothingKept({ rowsByReason, earlierRows }: QualityFacts): Finding[] {
  const total = Object.values(rowsByReason).reduce((sum, rows) => sum + rows, 0);
  if (earlierRows.length > 0 || total === 0 || (rowsByReason.kept ?? 0) > 0) return [];
  const message = `No row of the drop counts as a purchase under the policies: ${reasonsInWords(rowsByReason)} of ${total.toLocaleString("en-US")} rows. \`rfm inspect\` shows how the columns are read.`;
  return [{ level: "refuse", message }];
}
