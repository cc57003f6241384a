import { Command } from "commander";
import { openLake } from "../../../lib/library/lake.ts";
import { style as pc } from "../../terminal.ts";
import { lakeOption, wholeNumber } from "../options.ts";
import { plainTable } from "../table.ts";

interface RejectsFlags {
  readonly lake: string;
  readonly reason?: string;
  readonly source?: string;
  readonly limit: number;
  readonly json?: boolean;
}

/** `rfm rejects`: the dropped rows of the live history, as the latest run's policies see them. */
export function rejectsCommand(): Command {
  return new Command("rejects")
    .description("list dropped rows with their reason and line number")
    .addOption(lakeOption())
    .option(
      "--reason <reason>",
      "only this reason, as the report names it (missing_customer, cancellation, duplicate, …)",
    )
    .option("--source <name>", "only rows of this file")
    .option("--limit <n>", "show at most this many rows", wholeNumber, 20)
    .option("--json", "print the rows as JSON lines")
    .action(async (flags: RejectsFlags) => {
      const reason = flags.reason?.trim().replaceAll(" ", "_");
      const { reasons, rows } = await openLake(flags.lake).rejects({
        limit: flags.limit,
        ...(reason === undefined ? {} : { reason }),
        ...(flags.source === undefined ? {} : { source: flags.source }),
      });
      if (flags.json === true) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
      else process.stdout.write(renderRejects(rows, reasons, reason));
    });
}

type Cells = Record<string, unknown>;

function renderRejects(
  rows: readonly Cells[],
  reasons: readonly { reason: string; rows: number }[],
  wanted?: string,
): string {
  const known = reasons.map(({ reason, rows: count }) => `${reason} ${count}`).join(" · ");
  if (rows.length === 0) {
    const none =
      reasons.length === 0 ? "No rows were dropped." : `No rows were dropped as "${wanted}". Reasons: ${known}`;
    return `${none}\n`;
  }
  const head = [
    "source",
    "line",
    "reason",
    "customer",
    "order",
    "date",
    "product",
    "quantity",
    "price",
    "amount",
    "as found",
  ];
  const names = [
    "source",
    "line_number",
    "drop_reason",
    "customer_id",
    "order_id",
    "ordered_at",
    "product_id",
    "quantity",
    "unit_price",
    "amount",
    "invalid_value",
  ];
  const cells = rows.map((row) => names.map((name) => shorten(row[name])));
  const shown = reasons
    .filter(({ reason }) => wanted === undefined || reason === wanted)
    .reduce((sum, { rows: count }) => sum + count, 0);
  return `${plainTable(head, cells)}\n${pc.dim(`${rows.length} of ${shown} rows · ${known}`)}\n`;
}

function shorten(value: unknown): string {
  const text = value === null || value === undefined ? "" : String(value);
  return text.length > 28 ? `${text.slice(0, 27)}…` : text;
}
