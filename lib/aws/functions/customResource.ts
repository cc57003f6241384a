import type { CloudFormationCustomResourceEvent } from "aws-lambda";

/**
 * Does the work of a custom resource and reports how it went to the deployment's pre-signed address. An unreported
 * failure would leave the deployment waiting, so everything that can be thrown is reported.
 */
export async function answerDeployment(
  event: CloudFormationCustomResourceEvent,
  work: () => Promise<void>,
  send: typeof fetch = fetch,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId, RequestType } = event;
  const previousId = "PhysicalResourceId" in event ? event.PhysicalResourceId : undefined;
  let outcome: { Status: "SUCCESS" } | { Status: "FAILED"; Reason: string } = { Status: "SUCCESS" };
  try {
    // Deleting the deployment leaves the data alone.
    if (RequestType !== "Delete") await work();
  } catch (error) {
    // The answer may hold 4,096 bytes.
    outcome = { Status: "FAILED", Reason: (error instanceof Error ? error.message : String(error)).slice(0, 1_000) };
  }
  const PhysicalResourceId = previousId ?? LogicalResourceId;
  const body = JSON.stringify({ ...outcome, PhysicalResourceId, StackId, RequestId, LogicalResourceId });
  const response = await send(event.ResponseURL, { method: "PUT", body, headers: { "content-type": "" } });
  if (!response.ok) throw new Error(`The deployment's address answered ${response.status}.`);
}
