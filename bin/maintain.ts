#!/usr/bin/env node
import { AthenaClient } from "@aws-sdk/client-athena";
import { Command } from "commander";
import { openAthenaEngine } from "../lib/aws/athenaEngine.ts";
import { maintainTables } from "../lib/aws/maintenance/maintenance.ts";
import { exitWith } from "./commands/errors.ts";
import { forgetOnAwsCommand } from "./commands/history/forgetOnAws.ts";
import { guardOutput } from "./terminal.ts";

/** `npx node bin/maintain.ts`: housekeeping of a deployment, and `forget`, with the caller's own AWS credentials. */
const program = new Command("maintain")
  .description(
    "join the small files of a deployment's Iceberg tables and let go of old snapshots; once a month is plenty",
  )
  .option("--environment <name>", "name of the deployment", "prod")
  .action(async ({ environment }: { environment: string }) => {
    const database = `rfm_${environment.replaceAll("-", "_")}`;
    const sql = openAthenaEngine({
      client: new AthenaClient({ maxAttempts: 6 }),
      workGroup: `rfm-${environment}`,
      database,
    });
    await maintainTables(sql, ({ statement, bytesScanned, elapsedMs }) => {
      process.stdout.write(
        `${statement}: ${(bytesScanned / 1e6).toFixed(1)} MB read, ${(elapsedMs / 1_000).toFixed(1)} s\n`,
      );
    });
  })
  .addCommand(forgetOnAwsCommand());

for (const stream of [process.stdout, process.stderr]) guardOutput(stream);
try {
  await program.parseAsync();
} catch (error) {
  exitWith(error);
}
