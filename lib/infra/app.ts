import { join } from "node:path";
import { App, Tags } from "aws-cdk-lib";
import { ApiStack } from "./api/apiStack.ts";
import { PROJECT_ROOT, projectVersion } from "./bundles/project.ts";
import { LakeStack } from "./lake/lakeStack.ts";
import { parseSettings } from "./settings.ts";
import type { FunctionName } from "./workflow/functionSpecs.ts";
import { WorkflowStack } from "./workflow/workflowStack.ts";

export interface SegmentationAppProps {
  /** Folder of each function's code. */
  readonly codeDirectories: Readonly<Record<FunctionName, string>>;
  /** Settings and CDK's own entries; by default those of cdk.json and the command line. */
  readonly context?: Record<string, unknown>;
  /** Where templates go; by default where the CDK command wants them. */
  readonly outdir?: string;
}

/**
 * The deployment as a CDK app of three stacks: what holds data, what works on it, and what answers those who call
 * (`api=on`).
 */
export function createApp({ codeDirectories, context, outdir }: SegmentationAppProps): {
  app: App;
  lake: LakeStack;
  workflow: WorkflowStack;
  api?: ApiStack;
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
    lake: lake.parts,
    codeDirectories,
    codeVersion: projectVersion(),
    migrationsDirectory: join(PROJECT_ROOT, "sql/postgres"),
    description: "Customer segmentation: workflow, functions, alarms",
  });
  const api =
    settings.api === "off"
      ? undefined
      : new ApiStack(app, `${name}-Api`, {
          settings,
          lake: lake.parts,
          topic: workflow.parts.topic,
          codeDirectories,
          codeVersion: projectVersion(),
          description: "Customer segmentation: scoring API, score jobs",
        });
  Tags.of(app).add("application", "rfm-segmentation");
  Tags.of(app).add("environment", settings.environment);
  return { app, lake, workflow, ...(api === undefined ? {} : { api }) };
}
