import { readFileSync } from "node:fs";
import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { MONITORING } from "../../lib/cost/costBasis.ts";
import { FUNCTION_NAMES, functionsOfStack, specOf } from "../../lib/infra/workflow/functionSpecs.ts";
import { BI_TABLES } from "../../lib/tables/bi.ts";
import { EXTERNAL_TABLES } from "../../lib/tables/external.ts";
import { type Resource, resourcesOf, templatesWith } from "./support.ts";

const machineText = readFileSync(new URL("../../lib/workflow/segmentation.asl.json", import.meta.url), "utf8");
const { lake, workflow, api } = templatesWith();
const only = <T>(found: Record<string, T>): T => {
  expect(Object.keys(found)).toHaveLength(1);
  return Object.values(found)[0] as T;
};

describe("the lake bucket", () => {
  const bucket = Object.values(resourcesOf(lake, "AWS::S3::Bucket")).find(
    ({ Properties }) => Properties.VersioningConfiguration !== undefined,
  );

  it("is versioned, encrypted with the key, closed to the public, logged and announces its objects", () => {
    expect(bucket?.Properties).toMatchObject({
      VersioningConfiguration: { Status: "Enabled" },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          { BucketKeyEnabled: true, ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } },
        ],
      },
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LoggingConfiguration: { LogFilePrefix: "lake/" },
      NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } },
    });
  });

  it("survives the deletion of its stack, as do key, database and catalog, but not a creation that fails", () => {
    expect(bucket?.DeletionPolicy).toBe("RetainExceptOnCreate");
    for (const type of ["AWS::KMS::Key", "AWS::RDS::DBCluster", "AWS::Glue::Database"]) {
      expect(only(resourcesOf(lake, type)).DeletionPolicy, type).toBe("RetainExceptOnCreate");
    }
    const kept = Object.values(lake.toJSON().Resources as Record<string, Resource>).map((one) => one.DeletionPolicy);
    expect(kept).not.toContain("Retain");
  });

  it("refuses anything but TLS 1.2", () => {
    lake.allResourcesProperties("AWS::S3::BucketPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } }),
        ]),
      },
    });
  });

  it("never lets Iceberg's files expire, and every other zone has its rule", () => {
    const { Rules } = (bucket as Resource).Properties.LifecycleConfiguration as {
      Rules: { Prefix?: string; ExpirationInDays?: number; Id: string }[];
    };
    expect(Rules.some(({ Prefix }) => Prefix?.startsWith("processed"))).toBe(false);
    expect(
      Rules.filter(({ ExpirationInDays, Prefix }) => ExpirationInDays !== undefined && Prefix === undefined),
    ).toEqual([]);
    const expiring = Rules.filter(({ ExpirationInDays }) => ExpirationInDays !== undefined).map(
      ({ Prefix, ExpirationInDays }) => [Prefix, ExpirationInDays],
    );
    expect(expiring).toEqual([
      ["incoming/", 30],
      ["curated/", 400],
      ["attempts/", 90],
      ["scoring/", 90],
      ["stream/errors/", 90],
      ["staging/", 1],
      ["athena-results/", 7],
    ]);
  });
});

describe("the segment database", () => {
  const cluster = only(resourcesOf(lake, "AWS::RDS::DBCluster")).Properties;

  it("goes to zero, is encrypted, and is reached by the Data API alone", () => {
    expect(cluster).toMatchObject({
      Engine: "aurora-postgresql",
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 8, SecondsUntilAutoPause: 600 },
      EnableHttpEndpoint: true,
      StorageEncrypted: true,
      ManageMasterUserPassword: true,
      DeletionProtection: true,
      AssociatedRoles: [{ FeatureName: "s3Import" }],
    });
    expect(cluster.MasterUserPassword).toBeUndefined();
  });

  it("lives in a network without any way to the internet", () => {
    for (const type of ["AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::SecurityGroupIngress"])
      lake.resourceCountIs(type, 0);
    lake.hasResourceProperties("AWS::EC2::VPCEndpoint", { VpcEndpointType: "Gateway" });
    const group = only(resourcesOf(lake, "AWS::EC2::SecurityGroup")).Properties;
    expect(group.SecurityGroupIngress).toBeUndefined();
    expect(group.SecurityGroupEgress).toMatchObject([{ FromPort: 443, ToPort: 443, IpProtocol: "tcp" }]);
  });

  it("leaves nothing behind with segmentDatabase=none", () => {
    const none = templatesWith({ segmentDatabase: "none" });
    for (const type of ["AWS::EC2::VPC", "AWS::RDS::DBCluster", "AWS::EC2::SecurityGroup"])
      none.lake.resourceCountIs(type, 0);
    none.workflow.resourceCountIs("Custom::DatabaseMigration", 0);
    const loads = functionOf(none.workflow, "load-segments");
    expect(loads.Environment).toMatchObject({ Variables: { RFM_DATABASE_CLUSTER_ARN: "none" } });
    expect(JSON.stringify(none.workflow.toJSON())).not.toContain("rds-data:");
  });
});

function functionOf(template: typeof workflow, service: string): Record<string, unknown> {
  const found = template.findResources("AWS::Lambda::Function", {
    Properties: { Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: service }) } },
  });
  return only(found).Properties as Record<string, unknown>;
}

describe("the functions", () => {
  const { workflow: whole } = templatesWith({ mlflowTrackingUri: "https://mlflow.shop.example" });

  it.each(FUNCTION_NAMES)(
    "%s runs Node 24 on Graviton with its own role, log group, trace, memory and time",
    (name) => {
      const properties = functionOf(specOf(name).stack === "api" ? api : whole, name);
      expect(properties).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
        TracingConfig: { Mode: "Active" },
      });
      expect(properties.Timeout).toBe(specOf(name).timeoutSeconds);
      expect(properties.MemorySize).toBe(specOf(name).memoryMegabytes);
      expect(properties.VpcConfig).toBeUndefined();
      expect(properties.LoggingConfig).toMatchObject({ LogFormat: "JSON" });
    },
  );

  it("share no role and no log group, and every log group forgets", () => {
    const functions = [whole, api].flatMap((template) =>
      Object.values(resourcesOf(template, "AWS::Lambda::Function")).map(({ Properties }) => Properties),
    );
    expect(functions).toHaveLength(FUNCTION_NAMES.length);
    for (const property of ["Role", "LoggingConfig"])
      expect(new Set(functions.map((one) => JSON.stringify(one[property]))).size).toBe(functions.length);
    for (const template of [lake, whole, api])
      template.allResourcesProperties("AWS::Logs::LogGroup", { RetentionInDays: 30 });
  });

  it("end before their states do", () => {
    const limits = timeoutsOfStates();
    for (const name of functionsOfStack("workflow")) {
      const { state, timeoutSeconds } = specOf(name);
      if (state !== undefined) expect(timeoutSeconds, name).toBeLessThanOrEqual(limits[state] as number);
    }
  });
});

function timeoutsOfStates(): Record<string, number> {
  const found: Record<string, number> = {};
  JSON.parse(machineText, (key, value) => {
    const called = /^\$\{(\w+)FunctionArn\}$/.exec(value?.Resource ?? "")?.[1];
    if (value?.Type === "Task") found[called ?? key] = value.TimeoutSeconds;
    return value;
  });
  return found;
}

describe("the state machine", () => {
  const machine = only(resourcesOf(workflow, "AWS::StepFunctions::StateMachine")).Properties;

  it("is standard, traced, and logs no data", () => {
    expect(machine).toMatchObject({
      StateMachineType: "STANDARD",
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: { Level: "ALL", IncludeExecutionData: false },
    });
  });

  it("gets a value for every name that its definition leaves open", () => {
    const open = new Set([...machineText.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => name as string));
    expect(new Set(Object.keys(machine.DefinitionSubstitutions as object))).toEqual(open);
  });
});

const glueTables = () =>
  Object.values(resourcesOf(workflow, "AWS::Glue::Table")).map(
    ({ Properties }) => Properties.TableInput as Record<string, unknown>,
  );

describe("the state machine's role", () => {
  it("may look up the database default, as Athena's DDL needs in each region", () => {
    const statements = Object.values(resourcesOf(workflow, "AWS::IAM::Policy")).flatMap(
      ({ Properties }) => (Properties.PolicyDocument as { Statement: Record<string, unknown>[] }).Statement,
    );
    const found = statements.filter((statement) => JSON.stringify(statement.Resource).includes(":database/default"));
    expect(found.map(({ Action }) => Action)).toEqual([["glue:GetDatabase", "glue:GetTables"]]);
  });
});

describe("the catalog", () => {
  it("has a table for each external table, with injected projection over its own folder", () => {
    const tables = glueTables().filter(({ Name }) => !Object.hasOwn(BI_TABLES, Name as string));
    expect(tables.map(({ Name }) => Name).sort()).toEqual(Object.keys(EXTERNAL_TABLES).sort());
    for (const table of tables) {
      const { location, partitionColumns } = EXTERNAL_TABLES[table.Name as keyof typeof EXTERNAL_TABLES];
      const parameters = table.Parameters as Record<string, unknown>;
      const folder = location.replace(/\{(\w+)\}/g, (_match, column: string) => `\${${column}}`);
      expect(JSON.stringify(parameters["storage.location.template"])).toContain(`/${folder}/`);
      expect(parameters["projection.enabled"]).toBe("true");
      for (const column of partitionColumns) expect(parameters[`projection.${column}.type`]).toBe("injected");
    }
  });

  it("has a static table for each BI table, over the folder that a publication writes", () => {
    const tables = new Map(glueTables().map((table) => [table.Name as string, table]));
    for (const [name, { source, columns }] of Object.entries(BI_TABLES)) {
      const table = tables.get(name) ?? {};
      const storage = table.StorageDescriptor as Record<string, unknown>;
      expect(JSON.stringify(storage.Location)).toContain(`/published/${name}/`);
      expect(storage.InputFormat).toMatch(
        source.kind === "parquet" ? /SymlinkTextInputFormat$/ : /mapred\.TextInputFormat$/,
      );
      expect(JSON.stringify(storage.SerdeInfo)).toMatch(source.kind === "parquet" ? /ParquetHiveSerDe/ : /JsonSerDe/);
      expect((storage.Columns as { Name: string }[]).map(({ Name }) => Name)).toEqual(Object.keys(columns));
      expect(table.PartitionKeys).toBeUndefined();
      expect((table.Description as string).length).toBeLessThan(2048);
      // Glue takes comments of up to 255 characters.
      for (const { meaning } of Object.values(columns)) expect(meaning.length).toBeLessThan(255);
    }
  });

  it("has a workgroup that is engine 3, enforced, encrypted, metered and limited", () => {
    workflow.hasResourceProperties("AWS::Athena::WorkGroup", {
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        EngineVersion: { SelectedEngineVersion: "Athena engine version 3" },
        PublishCloudWatchMetricsEnabled: true,
        BytesScannedCutoffPerQuery: 200_000_000_000,
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: "SSE_KMS" } },
      },
    });
  });
});

describe("the trigger", () => {
  it("hands new objects of incoming/ to start-run, and failed events to the queue, twice over", () => {
    workflow.hasResourceProperties("AWS::Events::Rule", {
      EventPattern: {
        source: ["aws.s3"],
        "detail-type": ["Object Created"],
        detail: { object: { key: [{ prefix: "incoming/" }] } },
      },
      Targets: [
        Match.objectLike({
          DeadLetterConfig: Match.anyValue(),
          RetryPolicy: { MaximumRetryAttempts: 30, MaximumEventAgeInSeconds: 21_600 },
        }),
      ],
    });
    expect(functionOf(workflow, "start-run").DeadLetterConfig).toBeDefined();
    workflow.hasResourceProperties("AWS::Lambda::EventInvokeConfig", { MaximumRetryAttempts: 2 });
  });

  it("has a schedule only when one is asked for", () => {
    workflow.resourceCountIs("AWS::Scheduler::Schedule", 0);
    templatesWith({ refreshSchedule: "cron(0 6 * * ? *)" }).workflow.hasResourceProperties("AWS::Scheduler::Schedule", {
      ScheduleExpression: "cron(0 6 * * ? *)",
      Target: { Input: '{"refreshAt":"<aws.scheduler.scheduled-time>"}' },
    });
  });
});

describe("the webhook", () => {
  it("is not there unless asked for", () => {
    for (const type of ["Connection", "ApiDestination"]) workflow.resourceCountIs(`AWS::Events::${type}`, 0);
  });

  it("gets the headline of each published run, again where it fails, by an address that the template does not hold", () => {
    const { workflow: told } = templatesWith({ webhookSecret: "prod/slack" });
    const secret = (field: string) => `{{resolve:secretsmanager:prod/slack:SecretString:${field}::}}`;
    told.hasResourceProperties("AWS::Events::ApiDestination", {
      HttpMethod: "POST",
      InvocationEndpoint: Match.anyValue(),
    });
    const destination = only(resourcesOf(told, "AWS::Events::ApiDestination")).Properties.InvocationEndpoint;
    expect(JSON.stringify(destination)).toContain("{{resolve:secretsmanager:");
    expect(JSON.stringify(destination)).toContain(secret("url").split(":").slice(3).join(":"));
    const rules = Object.values(resourcesOf(told, "AWS::Events::Rule")).map(({ Properties }) => Properties);
    const rule = rules.find((each) => JSON.stringify(each.EventPattern).includes("Segmentation published"));
    const [target] = (rule?.Targets ?? []) as {
      InputTransformer: { InputPathsMap: Record<string, string> };
      RetryPolicy: object;
    }[];
    const paths = Object.values(target?.InputTransformer.InputPathsMap ?? {});
    expect(target).toMatchObject({ RetryPolicy: { MaximumRetryAttempts: 10 }, DeadLetterConfig: expect.anything() });
    // Each is in what the state machine sends.
    const { Detail } = JSON.parse(machineText).States.AnnounceRun.Parameters.Entries[0];
    const sent = Object.keys(Detail).map((name) => name.replace(/\.\$$/, ""));
    expect(paths).toHaveLength(4);
    for (const path of paths) expect(sent).toContain(path.split(".")[2]);
    expect(paths).toContain("$.detail.report.headline");
    // Everything else is as it was.
    const others = (template: typeof workflow) =>
      Object.keys(template.toJSON().Resources as object).filter((id) => !id.startsWith("Webhook"));
    expect(others(told)).toEqual(others(workflow));
  });
});

describe("the log of models", () => {
  const isPartOfIt = (id: string): boolean => /^ModelLog|^Functionslogmodel/.test(id);

  it("is not there unless a server is named", () => {
    const ids = Object.keys(workflow.toJSON().Resources as object);
    expect(ids.filter(isPartOfIt)).toEqual([]);
  });

  it("hears of each published run, and changes nothing else", () => {
    const { workflow: logged } = templatesWith({
      mlflowTrackingUri: "https://mlflow.shop.example",
      mlflowSecret: "shop/mlflow",
    });
    const others = (template: typeof workflow) =>
      Object.keys(template.toJSON().Resources as object).filter((id) => !isPartOfIt(id));
    expect(others(logged)).toEqual(others(workflow));
    expect(functionOf(logged, "log-model").Environment).toMatchObject({
      Variables: { RFM_MLFLOW_TRACKING_URI: "https://mlflow.shop.example", RFM_MLFLOW_SECRET: "shop/mlflow" },
    });
    const rules = Object.entries(resourcesOf(logged, "AWS::Events::Rule")).filter(([id]) => isPartOfIt(id));
    const rule = only(Object.fromEntries(rules)).Properties;
    expect(rule.EventPattern).toMatchObject({ "detail-type": ["Segmentation published"] });
    const { Detail } = JSON.parse(machineText).States.AnnounceRun.Parameters.Entries[0];
    expect(Object.keys(Detail)).toContain("modelVersion.$");
    const secrets = JSON.stringify(resourcesOf(logged, "AWS::IAM::Policy"));
    expect(secrets).toContain(":secret:shop/mlflow-??????");
  });
});

describe("the stream", () => {
  it("is not there unless asked for, nor is its schedule, its alarm or a right for it", () => {
    for (const template of [lake, workflow]) {
      expect(JSON.stringify(template.toJSON())).not.toMatch(/firehose|incoming\/stream|:stream-\*|streamAt/i);
    }
    expect(functionOf(workflow, "start-run").Environment).toMatchObject({ Variables: { RFM_STREAM: "off" } });
  });
});

describe("operations", () => {
  it("have as many alarms and dashboards as the cost of them is told for", () => {
    const count = (type: string) => [workflow, api].flatMap((template) => Object.keys(resourcesOf(template, type)));
    expect(count("AWS::CloudWatch::Alarm")).toHaveLength(MONITORING.alarms);
    expect(count("AWS::CloudWatch::Dashboard")).toHaveLength(MONITORING.dashboards);
  });

  it("alarm about failures, time-outs, throttling, silence, the trigger, rejected rows, drift and the database, all to the encrypted topic", () => {
    const alarms = Object.values(resourcesOf(workflow, "AWS::CloudWatch::Alarm")).map(({ Properties }) => Properties);
    expect(alarms.map(({ AlarmName }) => AlarmName).sort()).toEqual(
      [
        "customers-drifted",
        "database-at-its-limit",
        "drop-not-started",
        "no-run-published",
        "rows-rejected",
        "rule-failed",
        "run-failed",
        "run-throttled",
        "run-timed-out",
        "start-run-errors",
      ].map((name) => `rfm-prod-${name}`),
    );
    for (const { AlarmActions } of alarms) expect(AlarmActions).toHaveLength(1);
    expect(only(resourcesOf(workflow, "AWS::SNS::Topic")).Properties.KmsMasterKeyId).toBeDefined();
    workflow.hasResourceProperties("AWS::SNS::TopicPolicy", {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: "Allow",
            Principal: { Service: "cloudwatch.amazonaws.com" },
            Action: "sns:Publish",
          }),
        ]),
      },
    });
  });
});
