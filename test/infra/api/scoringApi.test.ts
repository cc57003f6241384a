import { Ajv } from "ajv";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { OPERATIONS, type Operation } from "../../../lib/api/operations.ts";
import { type Resource, resourcesOf, templatesWith } from "../support.ts";

const { api } = templatesWith();
const keyed = templatesWith({
  apiAuth: "key",
  apiCorsOrigins: "https://a.example,https://b.example",
  apiRequestsPerSecond: 7,
  apiBurst: 9,
}).api;
type Found = Record<string, Resource>;
const methodsOf = (template: typeof api): Resource["Properties"][] =>
  Object.values(resourcesOf(template, "AWS::ApiGateway::Method")).map(({ Properties }) => Properties);

/** `/segments/{name}/customers` of a resource, by its parents. */
function pathOf(found: Found, id: string | undefined): string {
  const properties = found[id ?? ""]?.Properties as { ParentId: { Ref?: string }; PathPart: string } | undefined;
  return properties === undefined ? "" : `${pathOf(found, properties.ParentId.Ref)}/${properties.PathPart}`;
}

describe("the gateway", () => {
  it("has a method for every operation of the service, and no other", () => {
    const resources = resourcesOf(api, "AWS::ApiGateway::Resource");
    const routes = methodsOf(api).map(
      ({ HttpMethod, ResourceId }) => `${HttpMethod} ${pathOf(resources, (ResourceId as { Ref?: string }).Ref)}`,
    );
    const operations = Object.values<Operation>(OPERATIONS);
    expect(routes.sort()).toEqual(operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort());
  });

  it("wants a signature on every method, /ping too", () => {
    for (const method of methodsOf(api)) {
      expect(method).toMatchObject({ AuthorizationType: "AWS_IAM", ApiKeyRequired: false });
      expect(method.Integration).toMatchObject({
        Type: "AWS_PROXY",
        IntegrationHttpMethod: "POST",
        TimeoutInMillis: 29_000,
      });
    }
    for (const type of ["AWS::ApiGateway::ApiKey", "AWS::ApiGateway::UsagePlan", "AWS::WAFv2::WebACL"])
      api.resourceCountIs(type, 0);
  });

  it("wants a key on every method with apiAuth=key, but on what browsers ask beforehand", () => {
    const [preflights, others] = [methodsOf(keyed), methodsOf(keyed)].map((methods, i) =>
      methods.filter(({ HttpMethod }) => (HttpMethod === "OPTIONS") === (i === 0)),
    ) as [Resource["Properties"][], Resource["Properties"][]];
    for (const method of others) expect(method).toMatchObject({ AuthorizationType: "NONE", ApiKeyRequired: true });
    expect(others).toHaveLength(Object.keys(OPERATIONS).length);
    expect(preflights.length).toBeGreaterThan(0);
    for (const method of preflights)
      expect(method).toMatchObject({ Integration: { Type: "MOCK" }, ApiKeyRequired: false });
    keyed.hasResourceProperties("AWS::ApiGateway::UsagePlan", { Throttle: { RateLimit: 7, BurstLimit: 9 } });
    keyed.resourceCountIs("AWS::ApiGateway::UsagePlanKey", 1);
  });

  it("throttles, traces, and logs who asked but never a path, a query or a body", () => {
    const [stage] = Object.values(resourcesOf(api, "AWS::ApiGateway::Stage"));
    expect(stage?.Properties).toMatchObject({
      TracingEnabled: true,
      MethodSettings: [
        {
          HttpMethod: "*",
          ResourcePath: "/*",
          ThrottlingRateLimit: 100,
          ThrottlingBurstLimit: 200,
          LoggingLevel: "ERROR",
          DataTraceEnabled: false,
        },
      ],
    });
    const { Format, DestinationArn } = (stage as Resource).Properties.AccessLogSetting as {
      Format: string;
      DestinationArn: unknown;
    };
    expect(DestinationArn).toBeDefined();
    const variables = Object.values(JSON.parse(Format) as Record<string, string>);
    expect(variables).toContain("$context.identity.userArn");
    expect(variables).toContain("$context.resourcePath");
    expect(variables.filter((text) => /context\.path|querystring|\.body|claims/i.test(text))).toEqual([]);
  });

  it("answers by itself with problem documents that are JSON", () => {
    const answers = Object.values(resourcesOf(api, "AWS::ApiGateway::GatewayResponse"));
    expect(answers.length).toBeGreaterThan(10);
    for (const { Properties } of answers) {
      const { ResponseTemplates, StatusCode } = Properties as {
        ResponseTemplates: Record<string, string>;
        StatusCode?: string;
      };
      const filled = (ResponseTemplates["application/json"] as string)
        .replace("$context.error.messageString", '"no"')
        .replace("$context.error.validationErrorString", "no")
        .replace("$context.requestId", "17");
      const problem = JSON.parse(filled) as Record<string, unknown>;
      expect(problem).toMatchObject({ detail: "no", correlation_id: "17" });
      expect(problem.type).toMatch(/^urn:rfm:problem:[a-z-]+$/);
      expect(problem.status).toBe(StatusCode === undefined ? undefined : Number(StatusCode));
    }
  });

  it("has no CORS unless origins are given, and then for these alone", () => {
    expect(JSON.stringify(api.toJSON())).not.toContain("Access-Control-Allow");
    const text = JSON.stringify(keyed.toJSON());
    expect(text).toContain("https://a.example");
    expect(text).not.toMatch(/Access-Control-Allow-Origin": ?"'\*'"/);
    const variables = (template: typeof api): unknown =>
      Object.values(resourcesOf(template, "AWS::Lambda::Function"))
        .map(({ Properties }) => Properties.Environment as { Variables: Record<string, string> })
        .find(({ Variables }) => Variables.POWERTOOLS_SERVICE_NAME === "api")?.Variables.RFM_API_ORIGINS;
    expect([variables(api), variables(keyed)]).toEqual(["none", "https://a.example,https://b.example"]);
  });

  it("stands behind a firewall, or keeps containers warm, when asked to", () => {
    const more = templatesWith({ apiWaf: "on", apiProvisionedConcurrency: "2" }).api;
    more.hasResourceProperties("AWS::WAFv2::WebACL", {
      Scope: "REGIONAL",
      Rules: Match.arrayWith([
        Match.objectLike({ Name: "PerAddress", Statement: { RateBasedStatement: { AggregateKeyType: "IP" } } }),
      ]),
    });
    more.resourceCountIs("AWS::WAFv2::WebACLAssociation", 1);
    more.hasResourceProperties("AWS::Lambda::Alias", {
      ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
    });
  });

  it("is not there with api=off", () =>
    expect(templatesWith({ api: "off" }).api.toJSON()).not.toHaveProperty("Resources"));
});

describe("the models that the gateway checks bodies with", () => {
  const models = Object.fromEntries(
    Object.values(resourcesOf(api, "AWS::ApiGateway::Model")).map(({ Properties }) => [
      Properties.Name as string,
      Properties.Schema as Record<string, unknown>,
    ]),
  );
  const accepts = (name: string, value: unknown): boolean => {
    const { $schema, ...schema } = models[name] as Record<string, unknown>;
    expect($schema).toBe("http://json-schema.org/draft-04/schema#");
    return new Ajv({ strict: false }).validate(schema, value) as boolean;
  };
  const rfm = { recency: 5, frequency: 12, monetary: 400.25 };

  it("are one for each operation that takes JSON, within API Gateway's 400 KB and its draft 4", () => {
    const taking = Object.entries<Operation>(OPERATIONS).filter(
      ([, { body }]) => body?.["application/json"] !== undefined,
    );
    expect(Object.keys(models).sort()).toEqual(
      taking.map(([id]) => `${id.charAt(0).toUpperCase()}${id.slice(1)}Body`).sort(),
    );
    for (const model of Object.values(models)) {
      const text = JSON.stringify(model);
      expect(text.length).toBeLessThan(400_000);
      expect(text).not.toMatch(/"(const|if|contains|propertyNames|examples|prefixItems|\$defs|\$ref|exclusiveM\w+)":/);
    }
  });

  it.each([
    rfm,
    { ...rfm, recency: 5.0, customer_id: "Zoë 😀" },
    [rfm, { transactions: [{ date: "2011-12-05", amount: -1.5, order: "a" }] }],
    { instances: [rfm] },
  ])("let pass what the service takes: %j", (body) => {
    expect(OPERATIONS.invoke.body["application/json"].safeParse(body).success).toBe(true);
    expect(accepts("InvokeBody", body)).toBe(true);
  });

  it.each([
    {},
    [],
    "text",
    null,
    { ...rfm, recency: -1 },
    { ...rfm, recency: "5" },
    { ...rfm, frequency: 0 },
    { ...rfm, monetary: 1e12 },
    { ...rfm, admin: true },
    { instances: [] },
    { instances: [rfm], more: 1 },
    { transactions: [{ date: "2011-12-05" }] },
  ])("refuse what the service would: %j", (body) => {
    expect(OPERATIONS.invoke.body["application/json"].safeParse(body).success).toBe(false);
    expect(accepts("InvokeBody", body)).toBe(false);
  });

  it("bound the other bodies as the service does", () => {
    expect(accepts("BatchGetCustomersBody", { ids: ["a"] })).toBe(true);
    expect(accepts("BatchGetCustomersBody", { ids: new Array(101).fill("a") })).toBe(false);
    expect(accepts("StartScoreJobBody", { input: "scoring/input/a.csv" })).toBe(true);
    expect(accepts("StartScoreJobBody", { output: "scoring/output/" })).toBe(false);
  });
});

describe("the machine of score jobs", () => {
  const [machine] = Object.values(resourcesOf(api, "AWS::StepFunctions::StateMachine"));

  it("is standard, traced, logs no data, and calls one function", () => {
    expect(machine?.Properties).toMatchObject({
      StateMachineName: "rfm-prod-scoring",
      StateMachineType: "STANDARD",
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
    });
    expect(Object.keys(machine?.Properties.DefinitionSubstitutions as object)).toEqual(["ScoreJobFunctionArn"]);
  });

  it("is what the API starts", () => {
    const policies = JSON.stringify(resourcesOf(api, "AWS::IAM::Policy"));
    expect(policies).toContain(":stateMachine:rfm-prod-scoring");
    expect(policies).not.toContain(":stateMachine:rfm-prod-segmentation");
  });
});

describe("operations of the API", () => {
  it("alarm about faults, slowness, throttling and failed jobs, to the topic of the others", () => {
    const alarms = Object.values(resourcesOf(api, "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      ["api-faults", "api-slow", "api-throttled", "score-job-failed"].map((name) => `rfm-prod-${name}`),
    );
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
    api.hasResourceProperties("AWS::CloudWatch::Alarm", { ExtendedStatistic: "p99", EvaluationPeriods: 3 });
    api.hasResourceProperties("AWS::Logs::MetricFilter", { FilterPattern: '{ $.status = "429" }' });
    api.resourceCountIs("AWS::SNS::Topic", 0);
    api.resourceCountIs("AWS::CloudWatch::Dashboard", 1);
  });

  it("leave room below CloudFormation's 500 resources", () => {
    expect(Object.keys((keyed.toJSON() as { Resources: object }).Resources).length).toBeLessThan(250);
  });
});
