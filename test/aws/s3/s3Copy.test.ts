import type { CopyObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { describe, expect, it } from "vitest";
import { copyObject } from "../../../lib/aws/s3/s3Copy.ts";

describe("copyObject", () => {
  it("leaves tags behind, for which the functions have no rights", async () => {
    const sent: unknown[] = [];
    const client = { send: async (command: unknown) => void sent.push(command) } as unknown as S3Client;
    await copyObject({ client, bucket: "lake" }, "incoming/a b+c.csv", "raw/a.csv", { key: "k", bytes: 5, etag: "e" });
    expect(sent).toHaveLength(1);
    expect((sent[0] as CopyObjectCommand).input).toEqual({
      Bucket: "lake",
      Key: "raw/a.csv",
      CopySource: "lake/incoming/a%20b%2Bc.csv",
      CopySourceIfMatch: "e",
      TaggingDirective: "REPLACE",
    });
  });
});
