import type { IVpc } from "aws-cdk-lib/aws-ec2";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { ITopic } from "aws-cdk-lib/aws-sns";

/** Resources of another app that are used in the place of our own. */
export interface GivenResources {
  /** Becomes the lake; its EventBridge notifications must be on. */
  readonly bucket?: IBucket | undefined;
  /** Encrypts everything. Its policy must let CloudWatch alarms and EventBridge use it where it encrypts the topic. */
  readonly encryptionKey?: IKey | undefined;
  /** Holds the database, in isolated subnets that have a route to S3. */
  readonly vpc?: IVpc | undefined;
  /** Gets every failure and alarm. */
  readonly alarmTopic?: ITopic | undefined;
}
