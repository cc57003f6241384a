import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { parseSettings, type Settings } from "../settings.ts";

/** The database of the segments: Aurora PostgreSQL Serverless v2, which goes to zero while nobody asks. */
export interface DatabaseProps {
  /** Most Aurora capacity units, 2 GiB each; the least is 0. @default 8 */
  readonly maxCapacityUnits?: number;
  /** Minutes without a query after which the database goes to zero. @default 10 */
  readonly pauseMinutes?: number;
}

/** The scoring API: who may ask, and how much. */
export interface ApiProps {
  /** iam: requests are signed with AWS credentials. key: they carry an API key of a usage plan. @default "iam" */
  readonly auth?: "iam" | "key";
  /** Requests a second that the gateway lets through in the long run. @default 100 */
  readonly requestsPerSecond?: number;
  /** Requests at once that the gateway lets through. @default 200 */
  readonly burst?: number;
  /** Origins whose pages may call. @default none */
  readonly corsOrigins?: readonly string[];
  /** AWS WAF with AWS's managed rules stands before the API, 9 USD a month. @default false */
  readonly waf?: boolean;
  /** Containers that are kept warm, 15 USD a month each. @default 0 */
  readonly provisionedConcurrency?: number;
}

/** A Firehose delivery stream whose records a schedule segments. */
export interface StreamProps {
  /** Minutes between two looks at what has come. @default 60 */
  readonly minutes?: number;
  /** Seconds after which Firehose writes what has come. @default 300 */
  readonly bufferSeconds?: number;
  /** Megabytes after which Firehose writes without waiting longer. @default 64 */
  readonly bufferMegabytes?: number;
}

/** Megabytes of the functions that need most; 1,769 MB are one core. */
export interface MemoryProps {
  /** Reads files. @default 3008 */
  readonly ingest?: number;
  /** Fits and scores a shard. @default 1769 */
  readonly worker?: number;
  /** Merges the shards and chooses the model. @default 3008 */
  readonly select?: number;
}

/** What a deployment may be told; everything has a default. */
export interface RfmSegmentationProps {
  /** Name of this deployment, part of physical names: unique in its account and region. @default "prod" */
  readonly environment?: string;
  /**
   * A bucket of yours as the lake; switch its EventBridge notifications on. @default one is created, encrypted and
   * versioned
   */
  readonly bucket?: IBucket;
  /**
   * A key of yours that encrypts everything; its policy must let CloudWatch and EventBridge use it.
   * @default one is created, with yearly rotation
   */
  readonly encryptionKey?: IKey;
  /**
   * A network of yours for the database: isolated subnets with a route to S3. @default one is created, without any way
   * out but S3
   */
  readonly vpc?: IVpc;
  /** Gets every failure and alarm. @default an encrypted topic is created */
  readonly alarmTopic?: ITopic;
  /** Subscribed to the topic that is created. @default nobody */
  readonly alarmEmail?: string;
  /**
   * Name of a secret in Secrets Manager with `url` and `key`: each published run posts its headline there, with the key
   * in the header `x-api-key`. @default none: only the event bus hears of it
   */
  readonly webhookSecret?: string;
  /** Address of an MLflow server that each published run's model is logged to. @default none */
  readonly mlflowTrackingUri?: string;
  /**
   * Name of a secret in Secrets Manager with what that server asks for: MLFLOW_TRACKING_TOKEN, or
   * MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. @default it asks for nothing
   */
  readonly mlflowSecret?: string;
  /** The database of the segments; false: they stay in the bucket. @default Aurora PostgreSQL */
  readonly database?: DatabaseProps | false;
  /** The scoring API; false: there is none. @default an API for signed requests */
  readonly api?: ApiProps | false;
  /** A stream of records; @default none */
  readonly stream?: StreamProps | false;
  /**
   * What the deletion of the stack does with bucket, database and key; destroy also empties the bucket. @default
   * "retain"
   */
  readonly removalPolicy?: "retain" | "destroy";
  /** When to segment the history again without a new file, as `rate(1 day)` or `cron(…)`. @default never */
  readonly refreshSchedule?: string;
  /**
   * What Lambda allows the account; raised: 10,240 MB a function and 1,000 at once, so that mapConcurrency and the
   * memory of ingest and select default to 100, 5308 and 3538. @default "new": 3,008 MB and ten, as on the first day
   */
  readonly accountLimits?: "new" | "raised";
  /** Shards worked on at once. @default 5 */
  readonly mapConcurrency?: number;
  readonly memoryMegabytes?: MemoryProps;
  /** Athena stops a statement that scans more. @default 200 */
  readonly maxScannedGigabytesPerStatement?: number;
  /** Alarm after so many days without a published run; 0 for no such alarm. @default 7 */
  readonly staleAfterDays?: number;
  /** Alarm when more than this share of a delivery's rows is not kept. @default 50 */
  readonly rejectedPercent?: number;
  /** Days after which files in incoming/ go; raw/ keeps a copy. @default 30 */
  readonly incomingDays?: number;
  /** Days after which a run's features and segments go. @default 400 */
  readonly curatedDays?: number;
  /** Days that logs are kept. @default 30 */
  readonly logRetentionDays?: number;
}

/** The settings that the props mean. @throws SettingsError naming each wrong or unknown one. */
export function settingsOf(props: RfmSegmentationProps): Settings {
  const { bucket, encryptionKey, vpc, alarmTopic, database, api, stream, memoryMegabytes, ...plain } = props;
  const memory = memoryMegabytes ?? {};
  const settings: Record<string, unknown> = {
    ...plain,
    ...withPrefix("database", database === false ? {} : database),
    ...(database === false ? { segmentDatabase: "none" } : {}),
    ...(api === false ? { api: "off" } : apiSettings(api ?? {})),
    ...(stream === undefined || stream === false ? {} : { stream: "on", ...withPrefix("stream", stream) }),
    ingestMemoryMegabytes: memory.ingest,
    workerMemoryMegabytes: memory.worker,
    selectMemoryMegabytes: memory.select,
  };
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  return parseSettings(Object.fromEntries(given), "The props of RfmSegmentation");
}

function apiSettings({ corsOrigins, waf, ...api }: ApiProps): Record<string, unknown> {
  return {
    ...withPrefix("api", api),
    ...(corsOrigins === undefined || corsOrigins.length === 0 ? {} : { apiCorsOrigins: corsOrigins.join(",") }),
    ...(waf === undefined ? {} : { apiWaf: waf ? "on" : "off" }),
  };
}

/** `pauseMinutes` of the database is the setting `databasePauseMinutes`. */
const withPrefix = (prefix: string, values: object = {}): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [`${prefix}${name[0]?.toUpperCase()}${name.slice(1)}`, value]),
  );
