import { RemovalPolicy, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { CfnDeliveryStream } from "aws-cdk-lib/aws-kinesisfirehose";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, LogStream, type RetentionDays } from "aws-cdk-lib/aws-logs";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { STREAM_ERRORS_PREFIX, STREAM_PREFIX } from "../../workflow/lake/layout.ts";

export interface DeliveryStreamProps {
  readonly environment: string;
  readonly bucket: IBucket;
  readonly key: IKey;
  /** Firehose writes an object when so much time has passed … */
  readonly bufferSeconds: number;
  /** … or so many megabytes have come, before compression. */
  readonly bufferMegabytes: number;
  readonly logRetention: RetentionDays;
}

/** Name of the delivery stream: what producers put records to. */
export const deliveryStreamName = (environment: string): string => `rfm-${environment}-stream`;

/** Records put to Amazon Data Firehose, as JSON lines in `incoming/stream/`; nothing here starts a run. */
export class DeliveryStream extends Construct {
  readonly name: string;
  readonly arn: string;

  constructor(scope: Construct, id: string, props: DeliveryStreamProps) {
    super(scope, id);
    const { bucket, key } = props;
    this.name = deliveryStreamName(props.environment);
    const logGroup = new LogGroup(this, "Log", {
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const logStream = new LogStream(this, "LogStream", { logGroup, removalPolicy: RemovalPolicy.DESTROY });
    const role = createRole(this, props, logGroup);
    const stream = new CfnDeliveryStream(this, "Stream", {
      deliveryStreamName: this.name,
      deliveryStreamType: "DirectPut",
      deliveryStreamEncryptionConfigurationInput: { keyType: "CUSTOMER_MANAGED_CMK", keyArn: key.keyArn },
      extendedS3DestinationConfiguration: {
        bucketArn: bucket.bucketArn,
        roleArn: role.roleArn,
        // The hour of arrival, so that the order of the keys is their age.
        prefix: `${STREAM_PREFIX}!{timestamp:yyyy/MM/dd/HH}/`,
        errorOutputPrefix: `${STREAM_ERRORS_PREFIX}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
        fileExtension: ".jsonl.gz",
        compressionFormat: "GZIP",
        bufferingHints: { intervalInSeconds: props.bufferSeconds, sizeInMBs: props.bufferMegabytes },
        encryptionConfiguration: { kmsEncryptionConfig: { awskmsKeyArn: key.keyArn } },
        // Firehose puts records end to end; few producers end theirs with a newline.
        processingConfiguration: { enabled: true, processors: [NEWLINE_AFTER_EACH_RECORD] },
        cloudWatchLoggingOptions: {
          enabled: true,
          logGroupName: logGroup.logGroupName,
          logStreamName: logStream.logStreamName,
        },
      },
    });
    // The role's policy is a resource of its own; Firehose tries it when the stream is made.
    stream.node.addDependency(role);
    this.arn = stream.attrArn;
  }
}

const NEWLINE_AFTER_EACH_RECORD: CfnDeliveryStream.ProcessorProperty = {
  type: "AppendDelimiterToRecord",
  // A backslash and an n, which Firehose reads as a newline.
  parameters: [{ parameterName: "Delimiter", parameterValue: "\\n" }],
};

/**
 * What Firehose needs to write objects of the stream and its own log, by its documentation, and nothing else of the
 * bucket.
 */
function createRole(scope: Construct, { bucket, key }: DeliveryStreamProps, logGroup: LogGroup): Role {
  const stack = Stack.of(scope);
  const role = new Role(scope, "Role", {
    assumedBy: new ServicePrincipal("firehose.amazonaws.com", {
      conditions: { StringEquals: { "aws:SourceAccount": stack.account } },
    }),
    description: "Writes the stream's records to the lake",
  });
  const objects = [STREAM_PREFIX, STREAM_ERRORS_PREFIX].map((prefix) => bucket.arnForObjects(`${prefix}*`));
  const statements = [
    {
      actions: ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"],
      resources: [bucket.bucketArn],
    },
    { actions: ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"], resources: objects },
    { actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [key.keyArn] },
    { actions: ["logs:PutLogEvents"], resources: [logGroup.logGroupArn] },
  ];
  for (const statement of statements) role.addToPolicy(new PolicyStatement(statement));
  return role;
}
