import { describe, expect, it } from "vitest";
import { settingsOf } from "../../lib/infra/construct/props.ts";
import { parseSettings, SettingsError, settingsSchema } from "../../lib/infra/settings.ts";

describe("the props of the construct", () => {
  it("mean the app's settings, with the same defaults", () => {
    expect(settingsOf({})).toEqual(parseSettings({}));
    expect(settingsOf({ database: {}, api: {}, stream: false, memoryMegabytes: {} })).toEqual(parseSettings({}));
  });

  it("have a name for every setting but those that are resources", () => {
    const all = settingsOf({
      ...{
        environment: "shop",
        alarmEmail: "a@shop.example",
        webhookSecret: "shop/slack",
        mlflowTrackingUri: "https://mlflow.shop.example",
        mlflowSecret: "shop/mlflow",
        removalPolicy: "destroy",
        refreshSchedule: "rate(1 day)",
      },
      accountLimits: "raised",
      ...{ mapConcurrency: 7, maxScannedGigabytesPerStatement: 8, staleAfterDays: 1, rejectedPercent: 9 },
      ...{ incomingDays: 3, curatedDays: 40, logRetentionDays: 7 },
      database: { maxCapacityUnits: 2, pauseMinutes: 6 },
      api: {
        ...{ auth: "key", requestsPerSecond: 4, burst: 5, corsOrigins: ["https://a.example", "https://b.example"] },
        ...{ waf: true, provisionedConcurrency: 1 },
      },
      stream: { minutes: 5, bufferSeconds: 60, bufferMegabytes: 2 },
      memoryMegabytes: { ingest: 2048, worker: 2049, select: 2050 },
    });
    const defaults = parseSettings({}) as Record<string, unknown>;
    const resources = ["lakeBucket", "kmsKeyArn"];
    const same = Object.keys(settingsSchema.shape).filter(
      (name) => (all as Record<string, unknown>)[name] === defaults[name] && !resources.includes(name),
    );
    // On, or there, by default.
    expect(same).toEqual(["segmentDatabase", "api"]);
    expect(all.apiCorsOrigins).toBe("https://a.example,https://b.example");
    expect(settingsOf({ database: false, api: false })).toMatchObject({ segmentDatabase: "none", api: "off" });
  });

  it("are refused by name", () => {
    expect(() => settingsOf({ environmet: "x" } as never)).toThrow(SettingsError);
    expect(() => settingsOf({ environmet: "x" } as never)).toThrow(/The props of RfmSegmentation .*"environment"/s);
  });
});
