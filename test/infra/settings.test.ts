import { describe, expect, it } from "vitest";
import { parseSettings, SettingsError } from "../../lib/infra/settings.ts";
import { FUNCTION_NAMES, specOf } from "../../lib/infra/workflow/functionSpecs.ts";

const problems = (context: Record<string, unknown>): readonly string[] => {
  try {
    parseSettings(context);
  } catch (error) {
    if (error instanceof SettingsError) return error.context.problems as string[];
    throw error;
  }
  return [];
};

describe("parseSettings", () => {
  it("has a default for everything and leaves CDK's own entries alone", () => {
    const settings = parseSettings({
      "@aws-cdk/aws-iam:minimizePolicies": true,
      "aws:cdk:bundling-stacks": ["**"],
      "cdk-migrate:x": 1,
    });
    expect(settings).toMatchObject({
      environment: "prod",
      segmentDatabase: "aurora",
      removalPolicy: "retain",
      mapConcurrency: 5,
    });
  });

  it("deploys into a new account: no function above 3,008 MB, and the shards leave half of ten executions free", () => {
    const { ingestMemoryMegabytes, workerMemoryMegabytes, selectMemoryMegabytes, mapConcurrency } = parseSettings({});
    const specs = FUNCTION_NAMES.map((name) => specOf(name).memoryMegabytes);
    const all = [...specs, ingestMemoryMegabytes, workerMemoryMegabytes, selectMemoryMegabytes];
    expect(Math.max(...all)).toBeLessThanOrEqual(3_008);
    expect(mapConcurrency).toBeLessThanOrEqual(5);
  });

  it("takes what raised limits allow by one setting, and each by itself", () => {
    const raised = { mapConcurrency: 100, ingestMemoryMegabytes: 5_308, selectMemoryMegabytes: 3_538 };
    expect(parseSettings({ accountLimits: "raised" })).toMatchObject(raised);
    const given = parseSettings({ accountLimits: "raised", mapConcurrency: "7" });
    expect(given).toMatchObject({ ...raised, mapConcurrency: 7 });
  });

  it("reads numbers that come as text from the command line", () => {
    expect(parseSettings({ mapConcurrency: "40", staleAfterDays: "0" })).toMatchObject({
      mapConcurrency: 40,
      staleAfterDays: 0,
    });
  });

  it("names an unknown setting and the nearest right one", () => {
    expect(problems({ segmentDatabse: "none" })).toEqual([
      'there is no setting "segmentDatabse"; did you mean "segmentDatabase"?',
    ]);
  });

  it("names every wrong value at once, with what it must be", () => {
    const found = problems({
      environment: "Prod!",
      mapConcurrency: "many",
      refreshSchedule: "daily",
      logRetentionDays: 31,
    });
    expect(found).toHaveLength(4);
    expect(found.join("\n")).toMatch(/environment = "Prod!": must be up to 16 lower-case/);
    expect(found.join("\n")).toMatch(/mapConcurrency = "many": must be a whole number from 1 to 1000/);
    expect(found.join("\n")).toMatch(/refreshSchedule = "daily": must be cron/);
    expect(found.join("\n")).toMatch(/logRetentionDays = 31: must be one of/);
  });

  it.each([
    ["alarmEmail", "nobody"],
    ["kmsKeyArn", "alias/mine"],
    ["lakeBucket", "Not_A_Bucket"],
    ["removalPolicy", "snapshot"],
    ["staleAfterDays", 8],
    ["stream", "yes"],
    ["streamMinutes", 4],
    ["streamBufferSeconds", 901],
    ["streamBufferMegabytes", 0],
    ["workerMemoryMegabytes", 128],
  ])("refuses %s = %s", (name, value) => {
    expect(problems({ [name]: value })).toHaveLength(1);
  });
});
