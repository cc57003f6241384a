import { AwsSolutionsChecks } from "cdk-nag";
import { describe, expect, it } from "vitest";
import { ACKNOWLEDGEMENTS, WILDCARD_RESOURCES } from "../../lib/infra/acknowledgements.ts";
import { appWith } from "./support.ts";

/** Rules that cdk-nag finds broken and that no construct acknowledges. */
function findings(settings: Record<string, unknown>): string[] {
  const { app } = appWith(settings);
  // As a plugin it would end the synthesis; asked directly it only reports.
  app.synth();
  return new AwsSolutionsChecks(app).validateScope(app).violations.map((violation) => violation.ruleName);
}

const wildcardOf = (rule: string): string | undefined =>
  /^(?:AwsSolutions::)?AwsSolutions-IAM5\[Resource::(.*)\]$/s.exec(rule)?.[1];

describe.each([
  ["the defaults", {}],
  ["no database", { segmentDatabase: "none" }],
  ["everything set", { removalPolicy: "destroy", refreshSchedule: "rate(1 day)", alarmEmail: "ops@example.com" }],
  ["API keys", { apiAuth: "key", apiCorsOrigins: "https://a.example", apiProvisionedConcurrency: 1 }],
  ["a firewall", { apiWaf: "on" }],
  ["no API", { api: "off" }],
  ["a stream", { stream: "on" }],
])("cdk-nag's AwsSolutions with %s", (_name, settings) => {
  const found = findings(settings);

  it("finds nothing that is not argued in acknowledgements.ts", () => {
    const unargued = found.filter((rule) => {
      const resource = wildcardOf(rule);
      return resource === undefined || !WILDCARD_RESOURCES.some(({ ending }) => ending.test(resource));
    });
    expect(unargued).toEqual([]);
  });
});

describe("acknowledgements.ts", () => {
  it("argues for no wildcard that nobody has", () => {
    const resources = findings({ stream: "on" }).map(wildcardOf);
    for (const { ending } of WILDCARD_RESOURCES)
      expect(
        resources.some((resource) => ending.test(resource ?? "")),
        String(ending),
      ).toBe(true);
  });

  it("gives every acknowledgement a reason of a sentence", () => {
    for (const rules of Object.values(ACKNOWLEDGEMENTS)) {
      for (const reason of Object.values(rules)) expect(reason).toMatch(/^[A-Z].{25,}\.$/);
    }
  });
});
