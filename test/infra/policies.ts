import type { Template } from "aws-cdk-lib/assertions";
import { resourcesOf } from "./support.ts";

export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Flat list of anything that may be one or many. */
export const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Statements of every identity policy of a template, by logical id of the role. */
export function statementsByRole(template: Template): Record<string, Statement[]> {
  const byRole: Record<string, Statement[]> = {};
  for (const { Properties } of Object.values(resourcesOf(template, "AWS::IAM::Policy"))) {
    const { Statement } = Properties.PolicyDocument as { Statement: Statement[] };
    for (const { Ref } of Properties.Roles as { Ref: string }[]) byRole[Ref] = [...(byRole[Ref] ?? []), ...Statement];
  }
  return byRole;
}

/** The text of a resource with its references cut out: `<>/curated/*`. */
export function resourceText(resource: unknown): string {
  if (typeof resource === "string") return resource;
  const join = (resource as { "Fn::Join"?: [string, unknown[]] })["Fn::Join"];
  return join === undefined ? "<>" : join[1].map((part) => (typeof part === "string" ? part : "<>")).join(join[0]);
}
