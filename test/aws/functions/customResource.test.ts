import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { answerDeployment } from "../../../lib/aws/functions/customResource.ts";

const answers: { method: string | undefined; type: string | undefined; body: Record<string, string> }[] = [];
let status = 200;
const server = createServer(async (request: IncomingMessage, response) => {
  answers.push({
    method: request.method,
    type: request.headers["content-type"],
    body: JSON.parse(await text(request)),
  });
  response.writeHead(status).end();
}).listen(0, "127.0.0.1");
server.unref();

const event = (RequestType: "Create" | "Update" | "Delete", more: object = {}) =>
  ({
    RequestType,
    StackId: "stack",
    RequestId: "request",
    LogicalResourceId: "Migration",
    ResourceURL: "",
    ResponseURL: `http://127.0.0.1:${(server.address() as AddressInfo).port}/answer?signature=x`,
    ...more,
  }) as never;

afterEach(() => {
  answers.length = 0;
  status = 200;
});

describe("answerDeployment", () => {
  it("reports success under the id that the resource has had", async () => {
    let done = 0;
    await answerDeployment(event("Create"), async () => void done++);
    await answerDeployment(event("Update", { PhysicalResourceId: "earlier" }), async () => void done++);
    expect(done).toBe(2);
    expect(answers.map(({ body }) => [body.Status, body.PhysicalResourceId])).toEqual([
      ["SUCCESS", "Migration"],
      ["SUCCESS", "earlier"],
    ]);
    expect(answers[0]).toMatchObject({
      method: "PUT",
      body: { StackId: "stack", RequestId: "request", LogicalResourceId: "Migration" },
    });
  });

  it("reports a failure with its reason instead of leaving the deployment waiting", async () => {
    await answerDeployment(event("Create"), () => Promise.reject(new Error("x".repeat(5_000))));
    expect(answers[0]?.body).toMatchObject({ Status: "FAILED" });
    expect(answers[0]?.body.Reason).toHaveLength(1_000);
  });

  it("leaves the data alone when the deployment is deleted", async () => {
    await answerDeployment(event("Delete", { PhysicalResourceId: "earlier" }), () =>
      Promise.reject(new Error("must not run")),
    );
    expect(answers[0]?.body.Status).toBe("SUCCESS");
  });

  it("fails itself where the answer is not taken, so that Lambda reports it", async () => {
    status = 403;
    await expect(answerDeployment(event("Create"), async () => undefined)).rejects.toThrow(/answered 403/);
  });
});
