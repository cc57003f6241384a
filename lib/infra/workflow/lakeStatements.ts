import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import type { LakeAccess } from "./functionSpecs.ts";

/** What a function may do in the lake, from what its spec says it does there. */
export function lakeStatements(
  { reads, writes, lists, removes = [], looksForAbsent }: LakeAccess,
  bucket: IBucket,
): PolicyStatement[] {
  const objects = (prefixes: readonly string[]): string[] =>
    prefixes.map((prefix) => bucket.arnForObjects(`${prefix}*`));
  const list = new PolicyStatement({
    actions: ["s3:ListBucket"],
    resources: [bucket.bucketArn],
    ...(looksForAbsent ? {} : { conditions: { StringLike: { "s3:prefix": lists.map((prefix) => `${prefix}*`) } } }),
  });
  return [
    ...(reads.length > 0 ? [new PolicyStatement({ actions: ["s3:GetObject"], resources: objects(reads) })] : []),
    ...(writes.length > 0
      ? [new PolicyStatement({ actions: ["s3:PutObject", "s3:AbortMultipartUpload"], resources: objects(writes) })]
      : []),
    ...(removes.length > 0
      ? [
          new PolicyStatement({
            actions: ["s3:DeleteObject"],
            resources: removes.map((pattern) => bucket.arnForObjects(pattern)),
          }),
        ]
      : []),
    ...(lists.length > 0 || looksForAbsent ? [list] : []),
  ];
}
