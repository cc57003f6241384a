import { DescribeExecutionCommand, type ExecutionStatus, SFNClient, StartExecutionCommand } from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { beforeEach, describe, expect, it } from "vitest";
import { openExecutionStarter, openExecutionStatus } from "../../../lib/aws/functions/executionStarter.ts";

const MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:rfm-prod-segmentation";
const client = new SFNClient({ region: "eu-west-1" });
const states = mockClient(client);
const failure = (name: string): Error => Object.assign(new Error(name), { name });

beforeEach(() => states.reset());

describe("openExecutionStarter", () => {
  it("starts an execution by name, takes a name that is taken for started, and passes on what else goes wrong", async () => {
    const start = openExecutionStarter(client, MACHINE);
    states
      .on(StartExecutionCommand)
      .resolvesOnce({})
      .rejectsOnce(failure("ExecutionAlreadyExists"))
      .rejects(failure("AccessDeniedException"));
    expect(await start("a", { drop: 1 })).toBe("started");
    expect(await start("a", { drop: 1 })).toBe("already started");
    await expect(start("a", { drop: 1 })).rejects.toThrow("AccessDeniedException");
    expect(states.commandCalls(StartExecutionCommand)[0]?.args[0].input).toEqual({
      stateMachineArn: MACHINE,
      name: "a",
      input: '{"drop":1}',
    });
  });
});

describe("openExecutionStatus", () => {
  const statusOf = openExecutionStatus(client, MACHINE);

  it.each<[ExecutionStatus, string]>([
    ["RUNNING", "running"],
    ["PENDING_REDRIVE", "running"],
    ["SUCCEEDED", "succeeded"],
    ["FAILED", "failed"],
    ["TIMED_OUT", "failed"],
    ["ABORTED", "failed"],
  ])("says of an execution that is %s: %s", async (status, expected) => {
    states.on(DescribeExecutionCommand).resolves({ status });
    expect(await statusOf("stream-0a")).toBe(expected);
    expect(states.commandCalls(DescribeExecutionCommand)[0]?.args[0].input).toEqual({
      executionArn: "arn:aws:states:eu-west-1:123456789012:execution:rfm-prod-segmentation:stream-0a",
    });
  });

  it("says undefined of one that was never started, and never takes trouble for that", async () => {
    states
      .on(DescribeExecutionCommand)
      .rejectsOnce(failure("ExecutionDoesNotExist"))
      .rejects(failure("ThrottlingException"));
    expect(await statusOf("stream-0a")).toBeUndefined();
    await expect(statusOf("stream-0a")).rejects.toThrow("ThrottlingException");
  });
});
