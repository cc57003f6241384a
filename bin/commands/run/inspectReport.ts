import { percentText } from "../../../lib/domain/text/percent.ts";
import type { InspectedColumn, InspectedFile, Inspection } from "../../../lib/ingest/findings/inspection.ts";
import { style as pc } from "../../terminal.ts";
import { plainTable } from "../table.ts";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const money = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const WIDTH = 100;

const percent = (rows: number, of: number): string => {
  const share = of === 0 ? 0 : (100 * rows) / of;
  return share > 0 && share < 0.1 ? "< 0.1%" : percentText(share / 100);
};
const shorten = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1).trimEnd()}…` : text;
const plural = (count: number, noun: string): string => `${whole.format(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Breaks a sentence into lines of at most WIDTH characters, later ones indented. */
export function wrap(text: string, first: string, indent = "  "): string {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(" ")) {
    const isFirst = line === first || line === indent;
    if (!isFirst && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = indent + word;
    } else line += isFirst ? word : ` ${word}`;
  }
  return [...lines, line].join("\n");
}

const bytesOf = (bytes: number): string =>
  bytes < 1e3 ? `${bytes} bytes` : bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;

const DELIMITERS: Readonly<Record<string, string>> = {
  ",": "comma",
  ";": "semicolon",
  "\t": "tab",
  "|": "bar",
  " ": "space",
};

function headline(file: InspectedFile): string {
  const facts = [
    file.format === "csv" ? "CSV" : file.format,
    ...(file.compression === "none" ? [] : [file.compression]),
    ...(file.format === "csv" ? [file.encoding] : []),
    ...(file.delimiter === ""
      ? []
      : [`fields between ${DELIMITERS[file.delimiter] ?? JSON.stringify(file.delimiter)}s`]),
    file.hasHeader ? "with a header" : "no header",
    plural(file.rows, "row"),
    bytesOf(file.bytes),
  ];
  return `${pc.bold(file.source)}  ${pc.dim(facts.join(" · "))}`;
}

function columnRow({ position, name, role, confidence, reason, examples }: InspectedColumn): string[] {
  const sure = confidence === undefined ? "" : `${Math.round(100 * confidence)}%`;
  const meaning = role === undefined ? pc.dim("–") : (confidence ?? 1) < 0.7 ? pc.yellow(role) : pc.green(role);
  const said = shorten(reason.replace(/^the name reads as/, "reads as").replace(/; its values are /, "; "), 31);
  return [String(position), shorten(name, 20), meaning, sure, pc.dim(said), shorten(examples.join(", "), 17)];
}

/** Columns with a role first, in the order of the file; of many without one the first few. */
function columnsPart({ columns }: InspectedFile): string {
  const used = columns.filter(({ role }) => role !== undefined);
  const unused = columns.filter(({ role }) => role === undefined);
  const shown = unused.slice(0, 8);
  const table = plainTable(
    ["#", "column", "means", "sure", "because", "for example"],
    [...used, ...shown].map(columnRow),
    ["right", "left", "left", "right", "left", "left"],
  );
  const rest = unused.slice(shown.length).map(({ name }) => name);
  return rest.length === 0
    ? table
    : `${table}\n${pc.dim(wrap(`and ${rest.length} more that play no role: ${rest.join(", ")}`, "  "))}`;
}

function valuesPart(file: InspectedFile): string[] {
  if (file.dateLayout === undefined) return [];
  const isUtc = /UTC|GMT|Z\b|since 1970/.test(file.dateLayout) || /Z$/.test(file.dateLayout);
  const zone = /, moments in /.test(file.dateLayout)
    ? "timeZone"
    : /offset/.test(file.dateLayout)
      ? "the day in the text counts, whatever its offset"
      : isUtc
        ? "in UTC as they stand; timeZone counts another zone's days"
        : "days and hours as they stand, no time zone";
  return [
    `  dates     ${file.dateLayout} ${pc.dim(`(${zone})`)}`,
    `  numbers   decimal ${file.decimalMark ?? "point"}`,
  ];
}

function moneyPart({ currencies, files, profile }: Inspection): string[] {
  if (profile === undefined) return [];
  const named = currencies.map(({ currency, rows }) =>
    currencies.length > 1 ? `${currency} ${whole.format(rows)} rows` : currency,
  );
  const hasOrders = files.some(({ columns }) => columns.some(({ role }) => role === "order"));
  const hasAmount = files.some(({ columns }) => columns.some(({ role }) => role === "amount"));
  const gap =
    profile.longestGap === null
      ? "no day without rows"
      : `longest gap ${plural(profile.longestGap.days, "day")} after ${profile.longestGap.after}`;
  const symbol = currencies.length === 1 ? ` ${currencies[0]?.currency}` : "";
  return [
    `  currency  ${named.length === 0 ? pc.dim("none named") : named.join(", ")}`,
    `  visits    ${hasOrders ? `an order is a visit: ${plural(profile.orders, "order")}` : "a day with a purchase is a visit (there are no order ids)"}`,
    `  worth     ${hasAmount ? "the amount of the line" : "quantity × price"}; ${money.format(Number(profile.amount))}${symbol} in all, before any policy`,
    `  customers ${plural(profile.customers, "customer")}${profile.products > 0 ? `, ${plural(profile.products, "product")}` : ""}`,
    `  period    ${profile.firstDate ?? "?"} to ${profile.lastDate ?? "?"}, ${plural(profile.days, "day")} with rows, ${gap}`,
  ];
}

function checksPart({ profile }: Inspection): string {
  if (profile === undefined) return "";
  if (profile.checks.length === 0) return `${pc.bold("Rows")}\n  ${pc.green("nothing odd found")}`;
  const rows = profile.checks.map(({ check, rows: count, lines }) => [
    check,
    whole.format(count),
    percent(count, profile.rows),
    pc.dim(shorten(lines.join(", "), 50)),
  ]);
  return `${pc.bold("Rows worth a look")}\n${plainTable(["what", "rows", "share", "first lines"], rows, ["left", "right", "right", "left"])}`;
}

function statusPart({ statuses }: Inspection): string {
  if (statuses.length === 0) return "";
  const said = { kept: "kept", unknown: "kept, no rule knows it", returns: "a return" } as Record<string, string>;
  const rows = statuses
    .slice(0, 12)
    .map(({ status, rows: count, meaning }) => [
      shorten(status, 40),
      whole.format(count),
      said[meaning] ?? `dropped as status_${meaning}`,
    ]);
  const more = statuses.length > rows.length ? `\n  ${pc.dim(`and ${statuses.length - rows.length} more`)}` : "";
  return `${pc.bold("Statuses")}\n${plainTable(["status", "rows", "what becomes of it"], rows, ["left", "right", "left"])}${more}`;
}

function nextPart(inspection: Inspection, typed: readonly string[]): string {
  const files = typed
    .map((path) => (/^[\w./:@%+=,-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`))
    .join(" ");
  const { questions } = inspection;
  if (questions.length === 0) return `${pc.bold("Next")}\n  ${pc.cyan(`rfm run ${files}`)}`;
  const asked = questions.map(({ message, flags }) => {
    const answers = flags.map((flag) => `\n    ${pc.cyan(flag)}`).join("");
    return `${wrap(message, `${pc.yellow("?")} `)}${answers}`;
  });
  const title = questions.length === 1 ? "One question first" : `${questions.length} questions first`;
  const best = questions.map(({ flags }) => flags[0]).filter((flag) => flag !== undefined);
  // What no flag answers lies in the file.
  if (best.length < questions.length) return `${pc.bold("First")}\n${asked.join("\n")}`;
  return `${pc.bold(title)}\n${asked.join("\n")}\n\n${pc.bold("Next")}, if the first answer${best.length === 1 ? " is" : "s are"} right\n  ${pc.cyan(`rfm run ${files} ${best.join(" ")}`)}`;
}

/**
 * The report of `rfm inspect`, for a terminal of 100 columns. `typed` are the files and flags as the user gave them.
 */
export function renderInspection(inspection: Inspection, typed: readonly string[]): string {
  const { files } = inspection;
  const perFile = files.slice(0, 5).map((file) => {
    const unreadable = file.unreadable
      .slice(0, 3)
      .map(({ lineNumber, complaint }) => `  ${pc.yellow("!")} line ${lineNumber}: ${complaint}`);
    const notes = file.notes.map((note) => wrap(note, `  ${pc.cyan("i")} `, "    "));
    return [headline(file), columnsPart(file), ...valuesPart(file), ...unreadable, ...notes].join("\n");
  });
  if (files.length > perFile.length) {
    const rest = files.slice(perFile.length);
    const rows = rest.reduce((sum, file) => sum + file.rows, 0);
    perFile.push(pc.dim(`and ${plural(rest.length, "more file")} with ${plural(rows, "row")}`));
  }
  const facts = moneyPart(inspection);
  const findings = inspection.findings.map(({ level, message }) =>
    wrap(message, `${level === "info" ? pc.cyan("i") : pc.yellow("!")} `),
  );
  const parts = [
    ...perFile,
    facts.length === 0 ? "" : `${pc.bold("All together")}\n${facts.join("\n")}`,
    checksPart(inspection),
    statusPart(inspection),
    findings.join("\n"),
    nextPart(inspection, typed),
  ];
  return `\n${parts.filter((part) => part !== "").join("\n\n")}\n`;
}
