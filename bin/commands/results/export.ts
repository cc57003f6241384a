import { resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { audienceColumns, audienceFilter } from "../../../lib/domain/audience/audience.ts";
import { AD_PLATFORMS, type AdPlatform } from "../../../lib/domain/audience/hashedEmail.ts";
import type { HoldoutGroup } from "../../../lib/domain/audience/holdout.ts";
import { SegmentationError } from "../../../lib/domain/errors.ts";
import { AUDIENCE_FORMATS, type AudienceFormat, exportAudience } from "../../../lib/local/audience/exportAudience.ts";
import type { AudienceSource } from "../../../lib/local/audience/source.ts";
import { audienceSql } from "../../../lib/workflow/sql/audienceSql.ts";
import { configFrom, lakeOption, type PolicyFlags } from "../options.ts";
import { audienceReport, emailReport } from "./exportReport.ts";

interface ExportFlags extends Pick<PolicyFlags, "config"> {
  readonly lake: string;
  readonly databaseUrl?: string;
  readonly segment?: string[];
  readonly cluster?: string[];
  readonly run?: string;
  readonly format: AudienceFormat | "hashed-emails";
  readonly out?: string;
  readonly columns?: string[];
  readonly campaign?: string;
  readonly holdoutShare?: number;
  readonly holdoutOut?: string;
  readonly emails?: string;
  readonly platform: AdPlatform;
  readonly raw?: boolean;
  readonly athenaSql?: boolean;
}

/** Options that do not go together. */
class ExportOptionError extends SegmentationError {
  constructor(message: string) {
    super("EXPORT_OPTION", message);
  }
}

/** `rfm export`: an audience for a campaign, with the customers that it should leave alone. */
export function exportCommand(): Command {
  return new Command("export")
    .description("write an audience: the customers of segments or clusters, with a hold-out flag, for a campaign")
    .option("--segment <name...>", "only customers of these segments (default: all)")
    .option("--cluster <id...>", "only customers of these clusters, by id or label (default: all)")
    .addOption(
      new Option("--format <format>", "hashed-emails: SHA-256 of addresses, as ad platforms want them")
        .choices([...AUDIENCE_FORMATS, "hashed-emails"])
        .default("csv"),
    )
    .option("--out <file>", "write to this file, at once or not at all (default: standard output)")
    .option("--columns <name,…>", "which columns, in which order (default: all)", names)
    .option("--campaign <name>", "holds its own customers out, always the same ones")
    .option("--holdout-share <0..1>", "share of the customers to leave alone (default: 0.1, or the config's)", share)
    .option("--holdout-out <file>", "hashed-emails: write the customers left out to this CSV file")
    .option("--emails <file>", "hashed-emails: CSV file with columns customer_id and email")
    .addOption(
      new Option("--platform <name>", "hashed-emails: whose rules; google takes the dots out of Gmail names")
        .choices([...AD_PLATFORMS])
        .default("meta"),
    )
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
    .addHelpText("after", HELP)
    .action(run);
}

const HELP = `
Examples:
  rfm export --segment "At Risk" --campaign spring --out at-risk.csv
  rfm export --segment Champions "Loyal Customers" --columns customer_id,monetary,is_holdout
  rfm export --segment "At Risk" --campaign spring --format hashed-emails \\
             --emails addresses.csv --out upload.csv --holdout-out left-alone.csv

is_holdout marks the customers to leave alone: afterwards compare what both groups spent (docs/bi.md).`;

async function run(flags: ExportFlags): Promise<void> {
  const { exports: settings, segments } = configFrom(flags.config === undefined ? {} : { config: flags.config });
  const holdout: HoldoutGroup = {
    share: flags.holdoutShare ?? settings.holdoutShare,
    campaign: flags.campaign?.trim() ?? "",
    salt: settings.salt,
  };
  const columns = audienceColumns(flags.columns ?? []);
  const asked = { segments: flags.segment ?? [], clusters: flags.cluster ?? [] };
  if (flags.athenaSql === true) {
    const clusters = asked.clusters.map((id) => ({ id: clusterId(id), label: "" }));
    const filter = audienceFilter(asked, { segments: Object.keys(segments), clusters });
    process.stdout.write(audienceSql({ columns, filter, holdout }));
    return;
  }
  if (flags.format === "parquet" && outOf(flags.out).out === undefined)
    throw new ExportOptionError("Parquet cannot go to standard output: add --out FILE.");
  const source = await openSource(flags, Object.keys(segments));
  try {
    const request = { source, filter: audienceFilter(asked, source), holdout, ...outOf(flags.out) };
    const { format } = flags;
    const report =
      format === "hashed-emails"
        ? await writeEmails(flags, request)
        : audienceReport(
            await exportAudience({ ...request, columns, format, isRaw: flags.raw === true }),
            source,
            holdout,
            flags.out,
          );
    process.stderr.write(report);
  } finally {
    await source.close();
  }
}

type Request = Pick<Parameters<typeof exportAudience>[0], "source" | "filter" | "holdout" | "out">;

async function writeEmails(flags: ExportFlags, request: Request): Promise<string> {
  const [{ exportEmails }, { readEmails }] = await Promise.all([
    import("../../../lib/local/audience/exportEmails.ts"),
    import("../../../lib/local/audience/emails.ts"),
  ]);
  const { platform, emails, holdoutOut } = flags;
  const counts = await exportEmails({
    ...request,
    platform,
    ...(emails === undefined ? {} : { emails: await readEmails(emails) }),
    ...(holdoutOut === undefined ? {} : { holdoutOut: resolve(holdoutOut) }),
  });
  return emailReport(counts, request.source, request.holdout, flags);
}

async function openSource(
  { lake, databaseUrl, run: runId }: ExportFlags,
  tableSegments: readonly string[],
): Promise<AudienceSource> {
  // Each engine is loaded only where it is asked.
  if (databaseUrl !== undefined) {
    const { openPgDatabase } = await import("../../../lib/local/postgres/pgDatabase.ts");
    const { openDatabaseAudience } = await import("../../../lib/local/audience/databaseSource.ts");
    return openDatabaseAudience(await openPgDatabase(databaseUrl), runId, tableSegments);
  }
  const { openFolderStore } = await import("../../../lib/local/lake/folderStore.ts");
  const { openLakeAudience } = await import("../../../lib/local/audience/lakeSource.ts");
  const directory = resolve(lake);
  return openLakeAudience(openFolderStore(directory), directory, runId);
}

const outOf = (out: string | undefined): { out?: string } =>
  out === undefined || out === "-" ? {} : { out: resolve(out) };

const names = (text: string, before: string[] = []): string[] => [...before, ...text.split(",")];

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be from 0 to 1.");
  return value;
}

function clusterId(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new ExportOptionError("With --athena-sql, clusters go by their id.");
  return Number(text);
}
