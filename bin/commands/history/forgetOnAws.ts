import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AthenaClient } from "@aws-sdk/client-athena";
import { RDSDataClient } from "@aws-sdk/client-rds-data";
import { S3Client } from "@aws-sdk/client-s3";
import { SFNClient } from "@aws-sdk/client-sfn";
import { Command } from "commander";
import { openAthenaEngine } from "../../../lib/aws/athenaEngine.ts";
import { openDataApi } from "../../../lib/aws/database/dataApi.ts";
import {
  type CloudErasureReport,
  forgetCustomer,
  ZONES_OF_CUSTOMERS,
} from "../../../lib/aws/maintenance/forgetCustomer.ts";
import { refuseWhileRunning } from "../../../lib/aws/maintenance/runningExecutions.ts";
import { openS3Store } from "../../../lib/aws/s3/s3Store.ts";
import { openOldVersions } from "../../../lib/aws/s3/s3Versions.ts";
import { openDuckDbEngine } from "../../../lib/local/duckdb/index.ts";
import { erasureFiles } from "../../../lib/local/erasure/erasureFiles.ts";
import { liveSources, takeOut, UnknownSourceError } from "../../../lib/workflow/ledger/forgetSource.ts";
import { confirm, NotConfirmedError } from "../run/confirm.ts";
import { tellUnproven } from "../run/unproven.ts";

interface Flags {
  readonly environment: string;
  readonly bucket: string;
  readonly customer?: string;
  readonly source?: string;
  readonly databaseCluster?: string;
  readonly databaseSecret?: string;
  /** False with --no-database. */
  readonly database: boolean;
  readonly yes?: boolean;
}

/** Name of the database within the cluster; `lib/infra/workflow/databaseCluster.ts` makes it. */
const DATABASE_NAME = "segments";
const clock = { now: () => new Date() };

/** `maintain forget`: takes a source out of a deployment's history, or erases a customer from all of it. */
export function forgetOnAwsCommand(): Command {
  return new Command("forget")
    .description("erase one customer from a deployment for good, or take a dropped file out of its history")
    .requiredOption("--bucket <name>", "the lake bucket")
    .option("--customer <id>", "erase this customer everywhere, files as dropped and old versions included")
    .option("--source <name>", "take this source out; dropping it again brings it back")
    .option("--environment <name>", "name of the deployment", "prod")
    .option("--database-cluster <arn>", "Aurora cluster, an output of the lake stack")
    .option("--database-secret <arn>", "its secret, an output of the lake stack")
    .option("--no-database", "the deployment has no database (segmentDatabase=none)")
    .option("--yes", "do not ask")
    .action(async (_: unknown, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      if ((flags.source === undefined) === (flags.customer === undefined))
        throw new NotConfirmedError("Name a source with --source, or a customer with --customer: one of the two.");
      if (flags.source !== undefined) await forgetSource(flags.source, flags);
      if (flags.customer !== undefined) await forgetPerson(flags.customer, flags);
    });
}

/** Athena and the bucket of a deployment, with the caller's own credentials. */
function lakeOf({ environment, bucket }: Flags) {
  // Servers that merely speak S3's protocol know no bucket as a host name.
  const client = new S3Client({ forcePathStyle: process.env.AWS_ENDPOINT_URL_S3 !== undefined, maxAttempts: 6 });
  const store = openS3Store({ client, bucket });
  const sql = openAthenaEngine({
    client: new AthenaClient({ maxAttempts: 6 }),
    store,
    workGroup: `rfm-${environment}`,
    database: `rfm_${environment.replaceAll("-", "_")}`,
  });
  return { sql, target: { client, bucket }, store };
}

const newToken = (): string => randomBytes(8).toString("hex");

async function forgetSource(source: string, flags: Flags): Promise<void> {
  const { sql, store } = lakeOf(flags);
  const live = await liveSources({ sql, store, answerPrefix: `staging/sources-${newToken()}/` }, clock);
  const entry = live.find((candidate) => candidate.source === source);
  if (entry === undefined)
    throw new UnknownSourceError(
      source,
      live.map((candidate) => candidate.source),
    );
  await confirm(
    `${source} has ${entry.rows} rows. From the next run on they do not count; ${live.length - 1} other sources do. Take it out?`,
    flags,
  );
  await takeOut({ sql, store }, entry, clock);
  process.stdout.write(
    `${source} is out of the history; its rows stay in the lake. Start a refresh for new segments.\n`,
  );
}

/** The segment database, or its absence, said in so many words: a customer who stays there is not erased. */
function databaseOf({ database, databaseCluster, databaseSecret }: Flags) {
  if (!database) return undefined;
  if (databaseCluster === undefined || databaseSecret === undefined)
    throw new NotConfirmedError("Say where the database is (--database-cluster, --database-secret), or --no-database.");
  const client = new RDSDataClient({ maxAttempts: 6 });
  return openDataApi({
    client,
    clusterArn: databaseCluster,
    secretArn: databaseSecret,
    databaseName: DATABASE_NAME,
  });
}

async function forgetPerson(customerId: string, flags: Flags): Promise<void> {
  const { sql, store, target } = lakeOf(flags);
  const database = databaseOf(flags);
  const machines = [`rfm-${flags.environment}-segmentation`, `rfm-${flags.environment}-scoring`];
  await confirm(
    `Every line of this customer goes from s3://${flags.bucket}, its tables and the database; files as dropped that hold such lines are removed, and the old versions of all objects of the lake with them. There is no way back. Erase the customer?`,
    flags,
  );
  await refuseWhileRunning(new SFNClient({ maxAttempts: 6 }), machines);
  const directory = await mkdtemp(join(tmpdir(), "rfm-erasure-"));
  const engine = await openDuckDbEngine({
    lakeDirectory: directory,
    threads: 2,
    tempDirectory: join(directory, ".tmp"),
  });
  try {
    const report = await forgetCustomer({
      ...{ sql, store, database, customerId, clock },
      ...erasureFiles(engine),
      oldVersions: openOldVersions(target, ZONES_OF_CUSTOMERS),
      token: newToken(),
      newSalt: () => randomBytes(16).toString("hex"),
      scratch: {
        open: () => mkdtemp(join(directory, "batch-")),
        remove: (batch) => rm(batch, { recursive: true, force: true }),
      },
      tell: ({ statement, elapsedMs }) => process.stderr.write(`${statement}: ${(elapsedMs / 1_000).toFixed(1)} s\n`),
    });
    process.stdout.write(renderReport(report, database !== undefined));
    await tellUnproven(store);
  } finally {
    engine.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** What was done, and what the search found; the customer's id is not in it. */
function renderReport(report: CloudErasureReport, hasDatabase: boolean): string {
  const { erasureId, files, proof, oldVersionsRemoved, runsInDatabase } = report;
  const elsewhere = Object.entries(proof.elsewhere).map(([key, count]) => `  ${key}: ${count}`);
  const database = hasDatabase ? `, ${runsInDatabase.length} runs of the database without the customer` : "";
  return [
    `Erased (${erasureId}): ${files.rewritten.length} objects written anew, ${files.removed.length} removed, ${oldVersionsRemoved} old versions removed${database}.`,
    ...files.removed.map((key) => `  removed: ${key}`),
    `Searched ${proof.filesSearched} objects, ${(proof.bytesSearched / 1e6).toFixed(1)} MB, and the tables: the customer is in none.`,
    ...proof.unreadable.map((key) => `  damaged or encrypted, so nobody can say whether it holds the customer: ${key}`),
    ...(elsewhere.length === 0 ? [] : ["The same text stands for something else in:", ...elsewhere]),
    "Not reached: Athena's history of queries (45 days), backups of the database, copies outside the bucket.",
    "",
  ].join("\n");
}
