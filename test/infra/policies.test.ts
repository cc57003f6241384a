import { describe, expect, it } from "vitest";
import { STAR_ACTIONS } from "../../lib/infra/acknowledgements.ts";
import { FUNCTION_SPECS } from "../../lib/infra/workflow/functionSpecs.ts";
import { listOf, resourceText, statementsByRole } from "./policies.ts";
import { resourcesOf, templatesWith } from "./support.ts";

const { lake, workflow, api } = templatesWith({ refreshSchedule: "rate(1 day)", stream: "on" });
const statements = [lake, workflow, api].flatMap((template) => Object.values(statementsByRole(template)).flat());

describe("identity policies", () => {
  it("name every action in full", () => {
    expect(statements.length).toBeGreaterThan(40);
    const wildcards = statements
      .flatMap((statement) => listOf(statement.Action))
      .filter((action) => action.includes("*"));
    expect(wildcards).toEqual([]);
  });

  it("allow on every resource only what IAM knows no resource for", () => {
    const everywhere = statements.filter((statement) =>
      listOf(statement.Resource).some((resource) => resource === "*"),
    );
    const actions = new Set(everywhere.flatMap((statement) => listOf(statement.Action)));
    expect([...actions].filter((action) => STAR_ACTIONS[action] === undefined)).toEqual([]);
    expect(Object.keys(STAR_ACTIONS).filter((action) => !actions.has(action))).toEqual([]);
  });

  it("never allow all objects of the bucket", () => {
    const objects = statements
      .filter((statement) => listOf(statement.Action).some((action) => /^s3:(Get|Put)Object/.test(action)))
      .flatMap((statement) => listOf(statement.Resource).map(resourceText));
    expect(objects.filter((text) => !/^<>\/[a-z-]+\/([a-z-]+\/)?\*$/.test(text))).toEqual([]);
  });

  it("attach no managed policy to a role but to the account's, with which API Gateway writes its logs", () => {
    const managed = [lake, workflow, api].flatMap((template) =>
      Object.values(resourcesOf(template, "AWS::IAM::Role")).flatMap(
        (role) => (role.Properties.ManagedPolicyArns ?? []) as unknown[],
      ),
    );
    expect(managed).toHaveLength(1);
    expect(resourceText(managed[0])).toContain("AmazonAPIGatewayPushToCloudWatchLogs");
  });

  it("delete objects nowhere but in Iceberg's own zone, and where statements write", () => {
    const deletions = statements.filter((statement) => listOf(statement.Action).includes("s3:DeleteObject"));
    expect(deletions.flatMap((statement) => listOf(statement.Resource).map(resourceText)).sort()).toEqual(
      [...(FUNCTION_SPECS["repeat-statement"].lake.removes ?? []).map((keys) => `<>/${keys}`), "<>/processed/*"].sort(),
    );
  });
});
