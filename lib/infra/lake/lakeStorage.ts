import { Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, type PolicyStatementProps, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { type IKey, Key } from "aws-cdk-lib/aws-kms";
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  type CfnBucket,
  type IBucket,
  type LifecycleRule,
  ObjectOwnership,
  StorageClass,
} from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { STREAM_ERRORS_PREFIX } from "../../workflow/lake/layout.ts";
import { acknowledge } from "../acknowledgements.ts";

export interface LakeStorageProps {
  /** Name of the deployment. */
  readonly environment: string;
  /** What happens to data when the stack is deleted. */
  readonly removalPolicy: RemovalPolicy;
  /** Days until files in incoming/ go. */
  readonly incomingDays: number;
  /** Days until a run's features and segments go. */
  readonly curatedDays: number;
  /** Name of an existing bucket; by default one is created. */
  readonly bucketName?: string | undefined;
  /** ARN of an existing key; by default one is created. */
  readonly kmsKeyArn?: string | undefined;
  /** Of another construct, in their place. */
  readonly bucket?: IBucket | undefined;
  readonly key?: IKey | undefined;
}

const ACCESS_LOG_DAYS = 90;

/** The lake: one encrypted, versioned bucket, its key, and a bucket for its access log. */
export class LakeStorage extends Construct {
  readonly bucket: IBucket;
  readonly key: IKey;

  constructor(scope: Construct, id: string, props: LakeStorageProps) {
    super(scope, id);
    this.key =
      props.key ??
      (props.kmsKeyArn === undefined ? createKey(this, props) : Key.fromKeyArn(this, "Key", props.kmsKeyArn));
    this.bucket =
      props.bucket ??
      (props.bucketName === undefined
        ? (createBucket(this, this.key, props) as IBucket)
        : Bucket.fromBucketName(this, "Bucket", props.bucketName));
  }
}

function createKey(scope: Construct, { environment, removalPolicy }: LakeStorageProps): Key {
  const key = new Key(scope, "Key", {
    alias: `rfm-${environment}`,
    description: `Customer segmentation ${environment}: lake, database, notifications`,
    enableKeyRotation: true,
    removalPolicy,
    pendingWindow: Duration.days(7),
  });
  // Alarms and rules publish to encrypted topics and queues; they can use a key only where it names them.
  const usedBy = (sid: string, service: string, conditions: PolicyStatementProps["conditions"] = {}): void => {
    key.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: ["kms:Decrypt", "kms:GenerateDataKey"],
        resources: ["*"],
        conditions,
      }),
    );
  };
  usedBy("AlarmsOfThisAccount", "cloudwatch.amazonaws.com", {
    StringEquals: { "aws:SourceAccount": Stack.of(scope).account },
  });
  // EventBridge is not documented to say for whom it encrypts what it puts into a queue: a condition may lock it out,
  // and with it the events that failed. The queue's own policy names the rule.
  usedBy("EventsToDeadLetters", "events.amazonaws.com");
  return key;
}

function createBucket(scope: Construct, key: IKey, props: LakeStorageProps): Bucket {
  const { removalPolicy } = props;
  const secure = {
    enforceSSL: true,
    minimumTLSVersion: 1.2,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    removalPolicy,
  };
  const cleanup = { autoDeleteObjects: removalPolicy === RemovalPolicy.DESTROY };
  const accessLog = new Bucket(scope, "AccessLog", {
    ...secure,
    ...cleanup,
    // S3 delivers access logs to buckets with its own keys only.
    encryption: BucketEncryption.S3_MANAGED,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    lifecycleRules: [{ id: "old-logs", expiration: Duration.days(ACCESS_LOG_DAYS) }],
  });
  acknowledge(accessLog, "AccessLogBucket");
  const bucket = new Bucket(scope, "Bucket", {
    ...secure,
    ...cleanup,
    encryption: BucketEncryption.KMS,
    encryptionKey: key,
    // One call to KMS for many objects.
    bucketKeyEnabled: true,
    versioned: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    serverAccessLogsBucket: accessLog as IBucket,
    serverAccessLogsPrefix: "lake/",
    lifecycleRules: lifecycleRules(props),
  });
  // On the resource itself: the L2 property brings a function of its own along to do the same.
  (bucket.node.defaultChild as CfnBucket).addPropertyOverride(
    "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled",
    true,
  );
  return bucket;
}

/**
 * Per zone. processed/ has none: only Iceberg knows which of its files are still in use. models/, reports/ and runs/
 * are small and stay.
 */
function lifecycleRules({ incomingDays, curatedDays }: LakeStorageProps): LifecycleRule[] {
  const coolDown = { storageClass: StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) };
  return [
    { id: "incoming", prefix: "incoming/", expiration: Duration.days(incomingDays) },
    { id: "raw", prefix: "raw/", transitions: [coolDown] },
    { id: "curated", prefix: "curated/", transitions: [coolDown], expiration: Duration.days(curatedDays) },
    { id: "attempts", prefix: "attempts/", expiration: Duration.days(90) },
    { id: "scoring", prefix: "scoring/", expiration: Duration.days(90) },
    { id: "stream-errors", prefix: STREAM_ERRORS_PREFIX, expiration: Duration.days(90) },
    { id: "staging", prefix: "staging/", expiration: Duration.days(1) },
    { id: "athena-results", prefix: "athena-results/", expiration: Duration.days(7) },
    {
      id: "leftovers",
      abortIncompleteMultipartUploadAfter: Duration.days(7),
      noncurrentVersionExpiration: Duration.days(30),
      expiredObjectDeleteMarker: true,
    },
  ];
}
