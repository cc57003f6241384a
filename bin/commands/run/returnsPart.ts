import type { Summary } from "../../../lib/domain/run/summary.ts";
import { style as pc } from "../../terminal.ts";
import { plainTable } from "../table.ts";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const change = new Intl.NumberFormat("en-US", { style: "percent", maximumFractionDigits: 1 });

const OTHERWISE =
  " --returns match takes purchases back that were cancelled, --returns net takes off all that was returned.";

/** What was returned of each segment's purchases, and what that does to the numbers; nothing where nothing was. */
export function returnsPart({ segments, returns, policy }: Summary): string {
  if (returns === null || returns === undefined) return "";
  const rows = segments.map(({ name, grossRevenue = 0, netRevenue = 0, emptyCustomers = 0 }) => [
    name,
    whole.format(grossRevenue),
    whole.format(netRevenue),
    change.format(grossRevenue > 0 ? (netRevenue - grossRevenue) / grossRevenue : 0),
    whole.format(emptyCustomers),
  ]);
  const head = ["", "revenue gross", "net of returns", "change", "customers with nothing left"];
  const table = plainTable(head, rows, ["left", ...new Array<"right">(4).fill("right")]);
  const otherwise = policy.returns === "drop" ? OTHERWISE : "";
  return `${pc.bold("Returns")}\n${returns.note}${otherwise}\n${table}`;
}
