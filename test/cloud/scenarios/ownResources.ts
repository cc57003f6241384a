import { ACCOUNT, type Box } from "../box/box.ts";
import type { Settings } from "../box/deployment.ts";
import { signedRequest } from "../stage/signedRequest.ts";

/** One call of a service whose protocol is JSON. @throws Error with what it answered. */
export function call(box: Box, service: string, target: string, parameters: object): Record<string, never> {
  const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": target };
  const body = JSON.stringify(parameters);
  const { status, text } = signedRequest(box, { service, path: "/", method: "POST", headers, body });
  if (status !== 200) throw new Error(`${target} answered ${status}: ${text.slice(0, 300)}`);
  return JSON.parse(text);
}

/** A bucket and a key that are there already, made as docs/deploy.md asks for. @returns the settings that name them. */
export async function ownBucketAndKey(box: Box): Promise<Settings> {
  const own = `arn:aws:iam::${ACCOUNT}:root`;
  const use = ["kms:Decrypt", "kms:GenerateDataKey"];
  const allow = (Principal: object, Action: string | string[]) => ({
    Effect: "Allow",
    Principal,
    Action,
    Resource: "*",
  });
  const Policy = JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      allow({ AWS: own }, "kms:*"),
      allow({ Service: "cloudwatch.amazonaws.com" }, use),
      allow({ Service: "events.amazonaws.com" }, use),
    ],
  });
  const { KeyMetadata } = call(box, "kms", "TrentService.CreateKey", { Policy });
  const kmsKeyArn = (KeyMetadata as { Arn: string }).Arn;
  const lakeBucket = "the-shop-s-own-lake";
  const put = (query: string, body: string): void => {
    const path = `/${lakeBucket}${query}`;
    const { status, text } = signedRequest(box, { service: "s3", path, method: "PUT", body });
    if (status !== 200) throw new Error(`PUT ${path} answered ${status}: ${text.slice(0, 300)}`);
  };
  put("", "");
  put("?notification", "<NotificationConfiguration><EventBridgeConfiguration/></NotificationConfiguration>");
  put(
    "?encryption",
    `<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>${kmsKeyArn}</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>`,
  );
  return { kmsKeyArn, lakeBucket };
}
