import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, it } from "vitest";
import { listOf, resourceText, statementsByRole } from "../policies.ts";
import { resourcesOf, templatesWith } from "../support.ts";

// Settings as text, as they come from the command line; api=off spares a template.
const { lake, workflow } = templatesWith({
  api: "off",
  stream: "on",
  streamMinutes: "45",
  streamBufferSeconds: "60",
  streamBufferMegabytes: "5",
  refreshSchedule: "rate(1 day)",
});

/** What the role whose logical id begins so may do: actions, and resources with their references cut out. */
function rightsOf(template: typeof lake, role: string): [readonly string[], readonly string[]][] {
  const [, statements] = Object.entries(statementsByRole(template)).find(([id]) => id.startsWith(role)) ?? [];
  return (statements ?? []).map(({ Action, Resource }) => [listOf(Action), listOf(Resource).map(resourceText)]);
}

describe("the delivery stream", () => {
  it("writes JSON lines in gzip to incoming/stream/, and elsewhere what it cannot deliver, encrypted and logged", () => {
    lake.hasResourceProperties("AWS::KinesisFirehose::DeliveryStream", {
      DeliveryStreamName: "rfm-prod-stream",
      DeliveryStreamType: "DirectPut",
      DeliveryStreamEncryptionConfigurationInput: { KeyType: "CUSTOMER_MANAGED_CMK", KeyARN: Match.anyValue() },
      ExtendedS3DestinationConfiguration: {
        Prefix: "incoming/stream/!{timestamp:yyyy/MM/dd/HH}/",
        ErrorOutputPrefix: "stream/errors/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/",
        FileExtension: ".jsonl.gz",
        CompressionFormat: "GZIP",
        BufferingHints: { IntervalInSeconds: 60, SizeInMBs: 5 },
        EncryptionConfiguration: { KMSEncryptionConfig: { AWSKMSKeyARN: Match.anyValue() } },
        ProcessingConfiguration: {
          Enabled: true,
          Processors: [
            {
              Type: "AppendDelimiterToRecord",
              // Two characters, not a newline.
              Parameters: [{ ParameterName: "Delimiter", ParameterValue: "\\n" }],
            },
          ],
        },
        CloudWatchLoggingOptions: { Enabled: true, LogGroupName: Match.anyValue(), LogStreamName: Match.anyValue() },
      },
    });
    const [stream] = Object.values(resourcesOf(lake, "AWS::KinesisFirehose::DeliveryStream"));
    expect(JSON.stringify(stream)).toMatch(/"DependsOn":\[[^\]]*StreamRoleDefaultPolicy/);
  });

  it("may write its own two folders and nothing else", () => {
    expect(rightsOf(lake, "StreamRole")).toEqual([
      [["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"], ["<>"]],
      [
        ["s3:AbortMultipartUpload", "s3:GetObject", "s3:PutObject"],
        ["<>/incoming/stream/*", "<>/stream/errors/*"],
      ],
      [["kms:Decrypt", "kms:GenerateDataKey"], ["<>"]],
      [["logs:PutLogEvents"], ["<>"]],
    ]);
    lake.hasResourceProperties("AWS::IAM::Role", {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectLike({
            Principal: { Service: "firehose.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": Match.anyValue() } },
          }),
        ],
      },
    });
  });
});

describe("the stream's schedule", () => {
  it("calls start-run, beside that of the refresh", () => {
    const schedules = Object.values(resourcesOf(workflow, "AWS::Scheduler::Schedule")).map(({ Properties }) => [
      Properties.ScheduleExpression,
      (Properties.Target as { Input: string }).Input,
    ]);
    expect(schedules).toEqual([
      ["rate(1 day)", '{"refreshAt":"<aws.scheduler.scheduled-time>"}'],
      ["rate(45 minutes)", '{"streamAt":"<aws.scheduler.scheduled-time>"}'],
    ]);
    workflow.allResourcesProperties("AWS::Scheduler::Schedule", {
      Target: { DeadLetterConfig: Match.anyValue(), RetryPolicy: Match.anyValue() },
    });
  });

  it("lets start-run ask how the stream's own executions stand, and no others", () => {
    workflow.hasResourceProperties("AWS::Lambda::Function", {
      Environment: { Variables: Match.objectLike({ POWERTOOLS_SERVICE_NAME: "start-run", RFM_STREAM: "on" }) },
    });
    const asking = rightsOf(workflow, "Functionsstartrun").filter(([actions]) =>
      actions.includes("states:DescribeExecution"),
    );
    expect(asking.map(([actions]) => actions)).toEqual([["states:DescribeExecution"]]);
    expect(asking[0]?.[1].join()).toMatch(/:execution:rfm-prod-segmentation:stream-\*$/);
  });

  it("comes with an alarm about records that are not delivered", () => {
    workflow.hasResourceProperties("AWS::CloudWatch::Alarm", {
      AlarmName: "rfm-prod-stream-not-delivered",
      MetricName: "DeliveryToS3.DataFreshness",
      Dimensions: [{ Name: "DeliveryStreamName", Value: "rfm-prod-stream" }],
      Threshold: 1_800,
    });
  });
});
