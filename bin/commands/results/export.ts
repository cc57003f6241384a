import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { audienceColumns, audienceFilter } from "../../../lib/domain/audience/audience.ts";
import { AudienceOptionError, askedAudience } from "../../../lib/domain/audience/audienceOptions.ts";
import { DESTINATIONS } from "../../../lib/domain/audience/destinations.ts";
import type { HoldoutGroup } from "../../../lib/domain/audience/holdout.ts";
import { AD_PLATFORMS } from "../../../lib/domain/audience/identifiers.ts";
import { idOfLetter } from "../../../lib/domain/clustering/identity/profiles.ts";
import { AUDIENCE_FORMATS, type AudienceFormat, exportAudience } from "../../../lib/local/audience/exportAudience.ts";
import { audienceSql } from "../../../lib/workflow/sql/audienceSql.ts";
import { configFrom, lakeOption } from "../options.ts";
import { audienceReport, exportList } from "./exportReport.ts";
import { type ExportFlags, openSource, record, storeOf, type Target, writeContacts } from "./exportSteps.ts";

/** `rfm export`: an audience for a campaign, with the customers that it should leave alone. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write an audience: the customers of segments or clusters, with a hold-out flag, for a campaign")
    .option("--segment <name...>", "only customers of these segments (default: all)")
    .option("--cluster <id...>", "only customers of these clusters, by id, letter or label (default: all)")
    .option("--min-expected-value <money>", "only customers expected to bring at least so much in 90 days", amount)
    .option("--p-alive-below <0..1>", "only customers who have not left with a probability below this", share)
    .option("--sort <column[:asc]>", "the largest first, such as expected-value-90 (default: by id)")
    .option("--top <n>", "only so many, the first by --sort", positive)
    .addOption(
      new Option("--to <tool>", "the file that a tool imports, or a plain format (default: csv)").choices([
        ...AUDIENCE_FORMATS,
        ...DESTINATIONS,
      ]),
    )
    .option("--contacts <file>", "CSV file with customer_id and email, phone, first_name, …, consent, suppressed")
    .option("--phone-country <code>", "country of telephone numbers that name none, such as GB")
    .option("--only-changed", "only what changed since this audience's last export; who left, to OUT.removed.csv")
    .addOption(
      new Option("--format <format>", "hashed-emails: SHA-256 of addresses, one column")
        .choices([...AUDIENCE_FORMATS, "hashed-emails"])
        .default("csv"),
    )
    .option("--out <file>", "write to this file, at once or not at all (default: standard output)")
    .option("--columns <name,…>", "which columns, in which order (default: all)", names)
    .option("--campaign <name>", "holds its own customers out, always the same ones")
    .option("--holdout-share <0..1>", "share of the customers to leave alone (default: 0.1, or the config's)", share)
    .option("--holdout-out <file>", "write the customers left out, who can be reached, to this CSV file")
    .option("--emails <file>", "the same as --contacts")
    .addOption(new Option("--platform <name>", "hashed-emails: whose rules").choices([...AD_PLATFORMS]).default("meta"))
    .option("--raw", "csv: no apostrophe before text that a spreadsheet may take for a formula")
    .option("--run <run>", "an earlier run, as `rfm runs` lists it (default: the current one)")
    .addOption(lakeOption())
    .addOption(
      new Option("--database-url <url>", "read from this PostgreSQL instead of the lake's files").env(
        "RFM_DATABASE_URL",
      ),
    )
    .option("--config <file>", "settings as JSON, for exports.holdoutShare and exports.salt")
    .option("--athena-sql", "print the query that gives the same rows and flags in Athena, and write nothing")
    .option("--list", "list the exports that were made from the lake, and write nothing")
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
Examples:
  rfm export --segment "At Risk" --campaign spring --out at-risk.csv
  rfm export --segment Champions "Loyal Customers" --columns customer_id,monetary,is_holdout
  rfm export --segment "At Risk" --campaign spring --to klaviyo --contacts contacts.csv --out klaviyo.csv
  rfm export --segment Champions --to google --contacts contacts.csv --phone-country GB --only-changed --out google.csv
  rfm export --p-alive-below 0.5 --sort expected-value-90 --top 500 --columns customer_id,p_alive,expected_value_90d

is_holdout marks the customers to leave alone: afterwards compare what both groups spent (docs/exports.md).`;

async function run(flags: ExportFlags): Promise<void> {
  if (flags.list === true) return list(flags);
  const { exports: settings, segments } = configFrom(flags.config === undefined ? {} : { config: flags.config });
  const holdout: HoldoutGroup = {
    share: flags.holdoutShare ?? settings.holdoutShare,
    campaign: flags.campaign?.trim() ?? "",
    salt: settings.salt,
  };
  const columns = audienceColumns(flags.columns ?? []);
  const asked = askedAudience({ ...flags, segments: flags.segment, clusters: flags.cluster });
  if (flags.athenaSql === true) {
    const clusters = asked.clusters.map((id) => ({ id: clusterId(id), label: "" }));
    const filter = audienceFilter(asked, { segments: Object.keys(segments), clusters });
    process.stdout.write(audienceSql({ columns, filter, holdout }));
    return;
  }
  const to = flags.to ?? flags.format;
  refuseOddOptions(flags, to);
  const source = await openSource(flags, Object.keys(segments));
  try {
    const request = { source, filter: audienceFilter(asked, source), holdout, ...outOf(flags.out) };
    if (isFormat(to)) {
      const counts = await exportAudience({ ...request, columns, format: to, isRaw: flags.raw === true });
      await record(flags, to, request, { lines: counts.customers });
      process.stderr.write(audienceReport(counts, source, holdout, flags.out));
    } else process.stderr.write(await writeContacts(flags, to, request));
  } finally {
    await source.close();
  }
}

const isFormat = (to: Target): to is AudienceFormat => (AUDIENCE_FORMATS as readonly string[]).includes(to);

/** @throws AudienceOptionError for options that would be ignored silently. */
function refuseOddOptions(flags: ExportFlags, to: Target): void {
  const out = outOf(flags.out).out;
  if (to === "parquet" && out === undefined)
    throw new AudienceOptionError("Parquet cannot go to standard output: add --out FILE.");
  const ignored = { "--contacts": flags.contacts ?? flags.emails, "--holdout-out": flags.holdoutOut };
  for (const [option, value] of Object.entries(ignored))
    if (isFormat(to) && value !== undefined)
      throw new AudienceOptionError(`${option} is for a tool's file: add --to ${DESTINATIONS.join(", ")}.`);
  if (flags.onlyChanged !== true) return;
  if (isFormat(to))
    throw new AudienceOptionError(`--only-changed is for a tool's file: add --to ${DESTINATIONS.join(", ")}.`);
  if (out === undefined) throw new AudienceOptionError("--only-changed writes two files: add --out FILE.");
  if (flags.databaseUrl !== undefined)
    throw new AudienceOptionError("--only-changed remembers in the lake what was exported: leave --database-url out.");
}

async function list(flags: ExportFlags): Promise<void> {
  const { listExports } = await import("../../../lib/local/audience/members.ts");
  const store = await storeOf(flags);
  process.stdout.write(exportList(store === undefined ? [] : await listExports(store)));
}

const outOf = (out: string | undefined): { out?: string } =>
  out === undefined || out === "-" ? {} : { out: resolve(out) };

const names = (text: string, before: string[] = []): string[] => [...before, ...text.split(",")];

function positive(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(text);
}

function amount(text: string): number {
  if (!/^\d{1,12}(\.\d{1,4})?$/.test(text)) throw new InvalidArgumentError("It must be an amount like 250 or 99.50.");
  return Number(text);
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be from 0 to 1.");
  return value;
}

function clusterId(text: string): number {
  const id = /^\d{1,3}$/.test(text) ? Number(text) : idOfLetter(text);
  if (id === undefined) throw new AudienceOptionError("With --athena-sql, clusters go by their id or letter.");
  return id;
}
