import { closest } from "fastest-levenshtein";
import { z } from "zod";
import { SegmentationError } from "../domain/errors.ts";

/** Text from the command line (`-c name=value`) counts as what it reads as. */
const number = (schema: z.ZodNumber) =>
  z.preprocess((value) => (typeof value === "string" && value.trim() !== "" ? Number(value) : value), schema);
const whole = (min: number, max: number) =>
  number(z.number(`must be a whole number from ${min} to ${max}`).int().min(min).max(max));
const text = (pattern: RegExp, wants: string) => z.string().regex(pattern, `must be ${wants}`);

/** CloudWatch knows these. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

export const settingsSchema = z.strictObject({
  environment: text(/^[a-z][a-z0-9-]{0,15}$/, "up to 16 lower-case letters, digits and hyphens, a letter first")
    .default("prod")
    .describe("Name of this deployment; part of the names of its stacks, database and alarms."),
  lakeBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket")
    .optional()
    .describe(
      "An existing bucket to use as the lake. Switch on its EventBridge notifications. By default one is created.",
    ),
  kmsKeyArn: text(/^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, "the ARN of a KMS key")
    .optional()
    .describe("An existing key that encrypts everything. By default one is created (1 USD a month)."),
  segmentDatabase: z
    .enum(["aurora", "none"])
    .default("aurora")
    .describe(
      "aurora: segments are loaded into Aurora PostgreSQL Serverless v2. none: they stay in the bucket; no VPC is made.",
    ),
  databaseMaxCapacityUnits: whole(1, 256)
    .default(8)
    .describe("Most Aurora capacity units (2 GiB each); the least is 0."),
  databasePauseMinutes: whole(5, 1_440)
    .default(10)
    .describe("Minutes without a query after which the database goes to zero."),
  alarmEmail: text(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an e-mail address")
    .optional()
    .describe("Who gets failures and alarms; asks for a confirmation once."),
  webhookSecret: text(/^[A-Za-z0-9/_+=.@-]{1,512}$/, "the name of a secret")
    .optional()
    .describe(
      "Name of a secret in Secrets Manager with `url` and `key`: each published run posts its headline there, with the key in the header `x-api-key`. By default nobody hears of it but the event bus.",
    ),
  mlflowTrackingUri: text(/^https?:\/\/[^\s@]+$/, "an address that begins with https:// or http://")
    .optional()
    .describe(
      "Address of an MLflow server: the model of each published run is logged and registered there. By default none.",
    ),
  mlflowSecret: text(/^[A-Za-z0-9/_+=.@-]{1,512}$/, "the name of a secret")
    .optional()
    .describe(
      "Name of a secret in Secrets Manager with what that server asks for: MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. By default nothing.",
    ),
  removalPolicy: z
    .enum(["retain", "destroy"])
    .default("retain")
    .describe("What `cdk destroy` does with bucket, database and key. destroy also empties the bucket."),
  accountLimits: z
    .enum(["new", "raised"])
    .default("new")
    .describe(
      "What Lambda allows the account. new: 3,008 MB a function and ten at once, as on the first day. raised: 10,240 MB and 1,000 at once; mapConcurrency, ingestMemoryMegabytes and selectMemoryMegabytes then default to 100, 5308 and 3538.",
    ),
  mapConcurrency: whole(1, 1_000)
    .default(5)
    .describe("Shards worked on at once; the other functions need a few of the account's, too."),
  ingestMemoryMegabytes: whole(1_024, 10_240)
    .default(3_008)
    .describe("Memory of the function that reads files; 1,769 MB are one core."),
  workerMemoryMegabytes: whole(1_024, 10_240)
    .default(1_769)
    .describe("Memory of the functions that fit and score a shard."),
  selectMemoryMegabytes: whole(1_024, 10_240)
    .default(3_008)
    .describe("Memory of the function that merges the shards and chooses the model."),
  maxScannedGigabytesPerStatement: whole(1, 100_000)
    .default(200)
    .describe("Athena stops a statement that scans more; 200 GB cost 1 USD."),
  refreshSchedule: text(/^(cron|rate)\([^()]+\)$/, "cron(…) or rate(…), as in rate(1 day)")
    .optional()
    .describe("When to segment the history again without a new file. By default never."),
  stream: z
    .enum(["on", "off"])
    .default("off")
    .describe("on: a Firehose delivery stream brings records to incoming/stream/, and a schedule segments them."),
  streamMinutes: whole(5, 1_440)
    .default(60)
    .describe("Minutes between two looks at what the stream has brought: one run at most for each."),
  streamBufferSeconds: whole(60, 900)
    .default(300)
    .describe("Seconds after which Firehose writes what has come as an object."),
  streamBufferMegabytes: whole(1, 128)
    .default(64)
    .describe("Megabytes, before compression, after which Firehose writes an object without waiting longer."),
  staleAfterDays: whole(0, 7)
    .default(7)
    .describe(
      "Alarm after so many days without a published run; 0 for no such alarm. CloudWatch looks back a week at most.",
    ),
  rejectedPercent: whole(1, 100).default(50).describe("Alarm when more than this share of a drop's rows is not kept."),
  incomingDays: whole(1, 3_650).default(30).describe("Days after which files in incoming/ go; raw/ keeps a copy."),
  curatedDays: whole(30, 36_500).default(400).describe("Days after which a run's features and segments go."),
  api: z.enum(["on", "off"]).default("on").describe("on: the scoring API is deployed. off: its stack is not made."),
  apiAuth: z
    .enum(["iam", "key"])
    .default("iam")
    .describe(
      "iam: requests are signed with AWS credentials. key: they carry an API key of a usage plan; who has it, may ask.",
    ),
  apiRequestsPerSecond: whole(1, 10_000)
    .default(100)
    .describe("Requests a second that the gateway lets through in the long run; more are answered 429."),
  apiBurst: whole(1, 5_000).default(200).describe("Requests at once that the gateway lets through."),
  apiCorsOrigins: text(
    /^https?:\/\/[A-Za-z0-9.:-]+(,https?:\/\/[A-Za-z0-9.:-]+)*$/,
    "origins like https://shop.example, with commas between them",
  )
    .optional()
    .describe("Origins whose pages may call the API. By default none."),
  apiWaf: z
    .enum(["on", "off"])
    .default("off")
    .describe("on: AWS WAF with AWS's managed rules and a limit per address stands before the API (9 USD a month)."),
  apiProvisionedConcurrency: whole(0, 1_000)
    .default(0)
    .describe("Containers of the API that are kept warm, 15 USD a month each. By default none: a cold start."),
  logRetentionDays: number(
    z.number().refine((days) => RETENTION_DAYS.includes(days), `must be one of ${RETENTION_DAYS.join(", ")}`),
  )
    .default(30)
    .describe("Days that logs are kept."),
});

/**
 * Defaults for accounts whose limits were raised: three cores for DuckDB, two for the merged grid, and every shard of
 * millions at once.
 */
const RAISED_LIMITS = { mapConcurrency: 100, ingestMemoryMegabytes: 5_308, selectMemoryMegabytes: 3_538 } as const;

export type Settings = z.infer<typeof settingsSchema>;
export type SettingName = keyof Settings;

/** Settings in the CDK context that are wrong, each named. */
export class SettingsError extends SegmentationError {
  constructor(problems: readonly string[], origin = "The deployment's settings (cdk.json or -c name=value)") {
    super("SETTINGS", `${origin} are not right:\n${problems.map((line) => `  - ${line}`).join("\n")}`, {
      problems,
    });
  }
}

/**
 * The settings of a deployment from the CDK context. The context also holds CDK's own entries; they have a `:`, `/` or
 * `@` in their names, and ours do not.
 * @param origin what to call them in messages.
 * @throws SettingsError naming every wrong or unknown setting, with the nearest right name.
 */
export function parseSettings(context: Readonly<Record<string, unknown>>, origin?: string): Settings {
  const own = Object.fromEntries(Object.entries(context).filter(([name]) => /^[A-Za-z_-]+$/.test(name)));
  const defaults = own.accountLimits === "raised" ? RAISED_LIMITS : {};
  const result = settingsSchema.safeParse({ ...defaults, ...own });
  if (result.success) return result.data;
  throw new SettingsError(
    result.error.issues.flatMap((issue) => problemsOf(issue, own)),
    origin,
  );
}

function problemsOf(issue: z.core.$ZodIssue, given: Readonly<Record<string, unknown>>): string[] {
  const names = Object.keys(settingsSchema.shape);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `there is no setting "${key}"; did you mean "${closest(key, names)}"?`);
  }
  const name = String(issue.path[0]);
  return [`${name} = ${JSON.stringify(given[name])}: ${issue.message}`];
}
