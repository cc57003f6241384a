import type { S3Client } from "@aws-sdk/client-s3";
export interface S3Target {
  readonly client: S3Client;
  readonly bucket: string;
}
