import { join } from "node:path";
import { App, Tags } from "aws-cdk-lib";
import { PROJECT_ROOT, projectVersion } from "./bundles.ts";
import type { FunctionName } from "./functionSpecs.ts";
import { LakeStack } from "./lakeStack.ts";
import { parseSettings } from "./settings.ts";
import { WorkflowStack } from "./workflowStack.ts";

export interface SegmentationAppProps {
  /** Folder of each function's code. */
  readonly codeDirectories: Readonly<Record<FunctionName, string>>;
  /** Settings and CDK's own entries; by default those of cdk.json and the command line. */
  readonly context?: Record<string, unknown>;
  /** Where templates go; by default where the CDK command wants them. */
  readonly outdir?: string;
}

/** The deployment as a CDK app of two stacks: what holds data, and what works on it. */
export function createApp({ codeDirectories, context, outdir }: SegmentationAppProps): {
  app: App;
  lake: LakeStack;
  workflow: WorkflowStack;
} {
  const app = new App({ ...(context === undefined ? {} : { context }), ...(outdir === undefined ? {} : { outdir }) });
  const settings = parseSettings(app.node.getAllContext());
  const name = `Rfm-${settings.environment}`;
  const lake = new LakeStack(app, `${name}-Lake`, {
    settings,
    description: "Customer segmentation: lake and database",
  });
  const workflow = new WorkflowStack(app, `${name}-Workflow`, {
    settings,
    lake,
    codeDirectories,
    codeVersion: projectVersion(),
    migrationsDirectory: join(PROJECT_ROOT, "sql/postgres"),
    description: "Customer segmentation: workflow, functions, alarms",
  });
  Tags.of(app).add("application", "rfm-segmentation");
  Tags.of(app).add("environment", settings.environment);
  return { app, lake, workflow };
}
