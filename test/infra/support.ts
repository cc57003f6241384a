import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Template } from "aws-cdk-lib/assertions";
import { createApp } from "../../lib/infra/app.ts";
import { PROJECT_ROOT } from "../../lib/infra/bundles/project.ts";
import { FUNCTION_NAMES, type FunctionName } from "../../lib/infra/workflow/functionSpecs.ts";

/** The feature flags with which the project is deployed. */
const FLAGS = (JSON.parse(readFileSync(join(PROJECT_ROOT, "cdk.json"), "utf8")) as { context: Record<string, unknown> })
  .context;

/** Folders that stand in for the bundles: templates do not depend on what is in them. */
export function placeholderCode(): Record<FunctionName, string> {
  const root = mkdtempSync(join(tmpdir(), "rfm-code-"));
  return Object.fromEntries(
    FUNCTION_NAMES.map((name) => {
      const directory = join(root, name);
      mkdirSync(directory);
      writeFileSync(join(directory, "index.mjs"), `export const handler = "${name}";\n`);
      return [name, directory];
    }),
  ) as Record<FunctionName, string>;
}

/** The app under test with some settings, as text or values like `-c` gives them. */
export function appWith(settings: Record<string, unknown> = {}) {
  return createApp({
    codeDirectories: placeholderCode(),
    context: { ...FLAGS, ...settings },
    outdir: mkdtempSync(join(tmpdir(), "rfm-cdk-")),
  });
}

/** The templates of a deployment; that of an API that is off is empty. */
export function templatesWith(settings: Record<string, unknown> = {}) {
  const { lake, workflow, api } = appWith(settings);
  return {
    lake: Template.fromStack(lake),
    workflow: Template.fromStack(workflow),
    api: api === undefined ? Template.fromJSON({}) : Template.fromStack(api),
  };
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Record<string, unknown>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

/** Resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): Record<string, Resource> {
  return template.findResources(type) as Record<string, Resource>;
}
