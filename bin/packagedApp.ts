import cdk from "../cdk.json" with { type: "json" };
import { SegmentationError } from "../lib/domain/errors.ts";
import { createApp } from "../lib/infra/app.ts";
import { packagedCode } from "../lib/infra/construct/packagedCode.ts";
import { cacheFolder } from "./cacheFolder.ts";

/** The CDK app of the installed package: the same three stacks as the project's, with the code that came with it. */
try {
  const { codeDirectories } = packagedCode(cacheFolder());
  // The command line's `-c name=value` come over these.
  createApp({ codeDirectories, context: cdk.context }).app.synth();
} catch (error) {
  if (!(error instanceof SegmentationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
