import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mlflowFromEnvironment } from "../../lib/library/mlflow.ts";
import { mlflowClient } from "../../lib/workflow/mlflow/mlflowClient.ts";
import { modelFiles } from "../../lib/workflow/mlflow/modelFiles.ts";
import { metricsOf, paramsOf } from "../../lib/workflow/mlflow/runFacts.ts";
import { smallCard } from "../support/smallCard.ts";

const criterion = {
  ...{ k: 3, inertia: 2, silhouette: 0.5, silhouetteSquared: 0.6, calinskiHarabasz: Number.NaN, daviesBouldin: 1 },
  ...{ smallestCluster: 4, basis: "sample" },
};

describe("what a run is measured by", () => {
  it("has the criteria of a k at the step k, and leaves out what is not finite", () => {
    const metrics = metricsOf({ ...smallCard(), criteria: [criterion, { ...criterion, k: 4, inertia: 1 }] });
    const inertia = metrics.filter(({ key }) => key === "inertia").map(({ step, value }) => [step, value]);
    expect(inertia).toEqual([
      [3, 2],
      [4, 1],
    ]);
    expect(metrics.some(({ key }) => key === "calinski_harabasz" || key === "gap")).toBe(false);
    expect(metrics.every(({ timestamp }) => timestamp === Date.parse("2024-07-01T10:00:00Z"))).toBe(true);
  });

  it("has settings by their paths, and no name that the server refuses", () => {
    const config = {
      returns: "net",
      clusters: { k: "auto", minK: 3 },
      segments: { "Can't Lose": ["15"] },
      long: "x".repeat(900),
      windowMonths: null,
    };
    const params = Object.fromEntries(paramsOf(smallCard(), config).map(({ key, value }) => [key, value]));
    expect(params).toMatchObject({
      "settings.returns": "net",
      "settings.clusters.minK": "3",
      "settings.segments": `{"Can't Lose":["15"]}`,
      "settings.windowMonths": "null",
      features: "log1p(recency_days), log1p(frequency), log1p(monetary)",
    });
    for (const [key, value] of Object.entries(params)) {
      expect(key).toMatch(/^[\w.\- /]+$/);
      expect(value.length).toBeLessThanOrEqual(500);
    }
  });
});

it("the model's files ask for the columns of the card's features, too", () => {
  const card = smallCard();
  const [feature] = card.features;
  const more = { ...card, features: [...card.features, { ...feature, name: "average_order_value" }] } as typeof card;
  const { MLmodel = "", ...files } = modelFiles(more, "run", "import numpy");
  const { signature, flavors } = JSON.parse(MLmodel);
  const inputs = (JSON.parse(signature.inputs) as { name: string }[]).map(({ name }) => name);
  expect(inputs).toEqual(["recency_days", "frequency", "monetary", "average_order_value"]);
  expect(Object.keys(files)).toContain(`code/${flavors.python_function.loader_module}.py`);
  expect(JSON.parse(files["card.json"] as string)).toEqual(more);
});

describe("the client", () => {
  let server: Server;
  let uri: string;
  const requests: IncomingMessage[] = [];
  let answer = { status: 200, body: "{}" };
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests.push(request);
      response.writeHead(answer.status).end(answer.body);
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const client = (environment = {}) =>
    mlflowClient(mlflowFromEnvironment({ MLFLOW_TRACKING_URI: `${uri}/below/`, ...environment }) as never);

  it("tells what the server refuses, by its own words", async () => {
    answer = { status: 400, body: '{"error_code":"INVALID_PARAMETER_VALUE","message":"Not so."}' };
    await expect(client().send("POST", "runs/create", {})).rejects.toMatchObject({
      code: "MLFLOW",
      message: `MLflow at ${uri}/below/: it refused runs/create with 400: Not so.`,
    });
    answer = { status: 502, body: "<html>" };
    await expect(client().get("x", {})).rejects.toThrow(/with 502: <html>/);
    answer = { status: 404, body: '{"error_code":"RESOURCE_DOES_NOT_EXIST"}' };
    expect(await client().get("x", { name: "a b&c" })).toBeUndefined();
    expect(requests.at(-1)?.url).toBe("/below/api/2.0/mlflow/x?name=a+b%26c");
  });

  it("proves who it is as MLflow's own does, and says no password", async () => {
    answer = { status: 200, body: "{}" };
    const sent = async (environment: object): Promise<string | undefined> => {
      await client(environment).get("x", {});
      return requests.at(-1)?.headers.authorization;
    };
    expect(await sent({})).toBeUndefined();
    expect(await sent({ MLFLOW_TRACKING_TOKEN: "t" })).toBe("Bearer t");
    const basic = `Basic ${btoa("u:p")}`;
    expect(await sent({ MLFLOW_TRACKING_USERNAME: "u", MLFLOW_TRACKING_PASSWORD: "p" })).toBe(basic);
    const withPassword = uri.replace("//", "//u:p@");
    expect(await sent({ MLFLOW_TRACKING_URI: withPassword })).toBe(basic);
    answer = { status: 401, body: "" };
    const refused = client({ MLFLOW_TRACKING_URI: withPassword }).get("x", {});
    await expect(refused).rejects.toThrow(`MLflow at ${uri}/: it refused x with 401: no reason given.`);
  });

  it("writes to servers that store files themselves, and to nothing else", async () => {
    answer = { status: 200, body: "{}" };
    await client().upload("mlflow-artifacts:/1/r/artifacts", "model/MLmodel", "{}");
    expect(requests.at(-1)).toMatchObject({
      method: "PUT",
      url: "/below/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts/model/MLmodel",
    });
    await expect(client().upload("s3://bucket/1", "x", "")).rejects.toThrow(/leaves files to its clients/);
    expect(() => client({ MLFLOW_TRACKING_URI: "file:./mlruns" })).toThrow(/http:\/\/ or https:\/\//);
    expect(() => client({ MLFLOW_TRACKING_URI: "databricks" })).toThrow(/http:\/\/ or https:\/\//);
    expect(mlflowFromEnvironment({ MLFLOW_TRACKING_URI: "" })).toBeUndefined();
  });
});
