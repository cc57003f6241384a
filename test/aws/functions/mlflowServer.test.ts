import { describe, expect, it } from "vitest";
import { mlflowServer } from "../../../lib/aws/functions/mlflowServer.ts";

const URI = "https://mlflow.shop.example";
const holding = (SecretString: string | undefined) => ({ send: (async () => ({ SecretString })) as never });

describe("the MLflow server of a deployment", () => {
  it("has what the secret says of who asks, or nobody", async () => {
    const secret = JSON.stringify({ MLFLOW_TRACKING_USERNAME: "shop", MLFLOW_TRACKING_PASSWORD: "p" });
    expect(await mlflowServer(holding(secret), URI, "shop/mlflow")).toEqual({
      ...{ trackingUri: URI, name: "rfm-segmentation", user: "shop", password: "p" },
    });
    expect(await mlflowServer(holding(undefined), URI, "none")).toEqual({ trackingUri: URI, name: "rfm-segmentation" });
  });

  it.each([
    ["a word", "s3cr3t", "is not an object of texts"],
    ["nothing", undefined, "is not an object of texts"],
    ["a number", '{"MLFLOW_TRACKING_TOKEN":7}', "is not an object of texts"],
    ["another name", '{"password":"s3cr3t"}', "has password"],
  ])("refuses a secret with %s by its name, and does not quote it", async (_, text, reason) => {
    const asked = mlflowServer(holding(text), URI, "shop/mlflow");
    await expect(asked).rejects.toMatchObject({ code: "MLFLOW_SECRET", message: expect.stringContaining(reason) });
    await expect(asked).rejects.not.toThrow("s3cr3t");
  });
});
