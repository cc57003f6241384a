import { ListExecutionsCommand, ListStateMachinesCommand, SFNClient } from "@aws-sdk/client-sfn";
import { mockClient } from "aws-sdk-client-mock";
import { expect, it } from "vitest";
import { refuseWhileRunning } from "../../../lib/aws/maintenance/runningExecutions.ts";

it("refuses while a run of the named machines is under way, and only then", async () => {
  const client = new SFNClient({ region: "us-east-1" });
  const sfn = mockClient(client);
  const machine = (name: string) => ({
    name,
    stateMachineArn: `arn:${name}`,
    type: "STANDARD" as const,
    creationDate: new Date(0),
  });
  sfn.on(ListStateMachinesCommand).resolves({ stateMachines: [machine("other")], nextToken: "2" });
  sfn.on(ListStateMachinesCommand, { nextToken: "2" }).resolves({ stateMachines: [machine("rfm-prod-segmentation")] });
  const running = { executions: [{ name: "e1" }] } as never;
  sfn.on(ListExecutionsCommand, { stateMachineArn: "arn:other" }).resolves(running);
  sfn.on(ListExecutionsCommand, { stateMachineArn: "arn:rfm-prod-segmentation" }).resolvesOnce(running).resolves({});
  await expect(refuseWhileRunning(client, ["rfm-prod-segmentation"])).rejects.toThrow(/under way \(e1\)/);
  await refuseWhileRunning(client, ["rfm-prod-segmentation"]);
});
