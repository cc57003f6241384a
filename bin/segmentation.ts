#!/usr/bin/env node
import { join } from "node:path";
import { SegmentationError } from "../lib/domain/errors.ts";
import { createApp } from "../lib/infra/app.ts";
import { bundleFunctions } from "../lib/infra/bundles/bundles.ts";
import { installDuckdb, projectCache } from "../lib/infra/bundles/duckdbBinding.ts";
import { PROJECT_ROOT } from "../lib/infra/bundles/project.ts";
import type { FunctionName } from "../lib/infra/workflow/functionSpecs.ts";

/** The CDK app: `cdk synth`, `cdk deploy`. Functions are bundled first; nothing here needs Docker or an AWS account. */
try {
  const bundles = await bundleFunctions({
    outDirectory: join(PROJECT_ROOT, "cdk.out", ".bundles"),
    duckdbModules: installDuckdb(projectCache(PROJECT_ROOT)),
  });
  const codeDirectories = Object.fromEntries(Object.entries(bundles).map(([name, { directory }]) => [name, directory]));
  createApp({ codeDirectories: codeDirectories as Record<FunctionName, string> }).app.synth();
} catch (error) {
  if (!(error instanceof SegmentationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
