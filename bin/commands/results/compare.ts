import { Command } from "commander";
import { decidesSegments } from "../../../lib/domain/dashboard/salesSentences.ts";
import { type ComparedRun, compareRuns, type RunComparison } from "../../../lib/local/bi/compareRuns.ts";
import { style as pc } from "../../terminal.ts";
import { lakeOption } from "../options.ts";
import { plainTable } from "../table.ts";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const change = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0, signDisplay: "exceptZero" });
/** Ways between segments that are shown; --json has all. */
const MOST_MOVES = 15;

/** `rfm compare`: two runs of one's choice. */
export function compareCommand(): Command {
  return new Command("compare")
    .description("compare two runs: settings, files, segments, and who went where")
    .argument("<before>", "run id, as `rfm runs` lists it")
    .argument("<now>", "another one")
    .addOption(lakeOption())
    .option("--json", "print all of it as JSON")
    .action(async (before: string, now: string, flags: { lake: string; json?: boolean }) => {
      const comparison = await compareRuns(flags.lake, before, now);
      process.stdout.write(
        flags.json === true ? `${JSON.stringify(comparison, null, 2)}\n` : comparisonReport(comparison),
      );
    });
}

/** What two runs have in common and in what they differ, what changed besides customers first. */
export function comparisonReport(comparison: RunComparison): string {
  const parts = [
    settingsPart(comparison),
    sourcesPart(comparison),
    totalsPart(comparison),
    segmentPart(comparison),
    movesPart(comparison),
  ];
  return `${parts.filter((part) => part !== "").join("\n\n")}\n`;
}

function settingsPart({ changedSettings, before, now }: RunComparison): string {
  const title = pc.bold(`${before.runId} and ${now.runId}`);
  if (changedSettings.length === 0) return `${title}\nThe same settings decide both.`;
  const rows = changedSettings.map((setting) => [setting.setting, setting.before, setting.now]);
  return [
    title,
    changedSettings.some(decidesSegments)
      ? `${pc.yellow("!")} Settings differ, so what follows is not what customers did alone.`
      : "Settings of the forecast differ: they change what is expected of the customers, and nothing of what follows.",
    plainTable(["setting", "before", "now"], rows),
  ].join("\n");
}

function sourcesPart({ sources: { added, removed, otherContent } }: RunComparison): string {
  const line = (what: string, names: readonly string[]): string[] =>
    names.length === 0
      ? []
      : [`${what}: ${names.slice(0, 5).join(", ")}${names.length > 5 ? `, … (${names.length})` : ""}`];
  const lines = [
    ...line("Files added", added),
    ...line("Files gone", removed),
    ...line("Files with other content", otherContent),
  ];
  return lines.length === 0 ? "Both have the same files." : lines.join("\n");
}

function totalsPart({ before, now }: RunComparison): string {
  const row = (name: string, of: (run: ComparedRun) => string): string[] => [name, of(before), of(now)];
  const rows = [
    row("snapshot date", ({ snapshotDate }) => snapshotDate),
    row("history", ({ firstDate, lastDate }) => `${firstDate} to ${lastDate}`),
    row("customers", ({ totals }) => whole.format(totals.customers)),
    row("orders", ({ totals }) => whole.format(totals.orders)),
    row("revenue", ({ totals }) => whole.format(totals.revenue)),
    row("net of all returns", ({ netRevenue }) => (netRevenue === undefined ? "not known" : whole.format(netRevenue))),
  ];
  const note =
    before.lastDate === now.lastDate && before.firstDate === now.firstDate
      ? ""
      : "\nTotals are of whole histories, which differ in length: they say nothing about how sales go.";
  return `${plainTable(["", "before", "now"], rows, ["left", "right", "right"])}${note}`;
}

function segmentPart({ segments }: RunComparison): string {
  const rows = segments.map(({ name, customersBefore, customersNow, revenueBefore, revenueNow }) => [
    ...[name, whole.format(customersBefore), whole.format(customersNow), change.format(customersNow - customersBefore)],
    ...[whole.format(revenueBefore), whole.format(revenueNow), change.format(revenueNow - revenueBefore)],
  ]);
  const head = ["", "customers before", "now", "change", "revenue before", "now", "change"];
  return `${pc.bold("Segments")}\n${plainTable(head, rows, ["left", ...new Array<"right">(6).fill("right")])}`;
}

function movesPart({ moves }: RunComparison): string {
  const sum = (list: RunComparison["moves"]): number => list.reduce((total, { customers }) => total + customers, 0);
  const both = moves.filter(({ segmentBefore, segmentNow }) => segmentBefore !== null && segmentNow !== null);
  const others = moves.filter(({ segmentBefore, segmentNow }) => segmentBefore !== segmentNow);
  const elsewhere = both.filter(({ segmentBefore, segmentNow }) => segmentBefore !== segmentNow);
  const title = `${whole.format(sum(elsewhere))} of the ${whole.format(sum(both))} customers of both runs stand in another segment`;
  const rows = others
    .slice(0, MOST_MOVES)
    .map(({ segmentBefore, segmentNow, customers, monetaryBefore, monetaryNow }) => [
      ...[segmentBefore ?? "(not there)", segmentNow ?? "(not there)", whole.format(customers)],
      ...[whole.format(monetaryBefore), whole.format(monetaryNow)],
    ]);
  if (rows.length === 0) return `${pc.bold(title)}.`;
  const more = others.length > MOST_MOVES ? `\nand ${others.length - MOST_MOVES} ways more: --json` : "";
  const table = plainTable(["from", "to", "customers", "money before", "now"], rows, [
    ...(["left", "left"] as const),
    ...new Array<"right">(3).fill("right"),
  ]);
  return `${pc.bold(title)}\n${table}${more}`;
}
