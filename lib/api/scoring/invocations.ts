import { noQuery } from "../operations.ts";
import { checked, ProblemError } from "../problems.ts";
import { answerFormat, type BodyFormat, bodyFormat, parseJson, readText, TYPE_OF_FORMAT } from "../requestBody.ts";
import type { Prediction } from "../schemas.ts";
import type { ApiContext, ApiPorts } from "../types.ts";
import { instancesFromCsv, predictionsToCsv } from "./csvBody.ts";
import { requireModels } from "./modelSource.ts";
import { checkInstance, scoreInstances } from "./score.ts";

/** Instances of a request, what each is called in faults, and how the answers are wrapped in JSON. */
interface Batch {
  readonly values: readonly unknown[];
  readonly nameOf: (row: number) => string;
  readonly wrap: (predictions: readonly Prediction[]) => unknown;
}

/** POST /invocations. */
export async function invoke(ports: ApiPorts, context: ApiContext): Promise<Response> {
  checked(noQuery, context.req.query());
  const { maxBodyBytes, maxInstances } = ports.limits;
  const format = bodyFormat(context.req.raw.headers, ["json", "csv", "lines"]);
  const answer = answerFormat(context.req.header("accept") ?? null, format);
  const batch = batchOf(await readText(context.req.raw, maxBodyBytes), format, maxInstances);
  if (batch.values.length > maxInstances)
    throw new ProblemError(413, "TOO_MANY_ROWS", `More than ${maxInstances} instances; a score job takes any number.`);
  const instances = batch.values.map((value, row) => checkInstance(value, batch.nameOf(row).replace(/\.$/, "")));
  const predictions = scoreInstances(await requireModels(ports), instances, batch.nameOf);
  const scored = { champion: 0, challenger: 0 };
  for (const { arm } of predictions) scored[arm]++;
  context.set("scored", scored);
  return new Response(answerText(predictions, answer, batch.wrap), {
    headers: { "content-type": TYPE_OF_FORMAT[answer] },
  });
}

function batchOf(text: string, format: BodyFormat, maxInstances: number): Batch {
  if (format === "json") return jsonBatch(parseJson(text, "The body"));
  const list = (predictions: readonly Prediction[]): unknown => predictions;
  if (format === "csv") {
    return { values: instancesFromCsv(text, maxInstances), nameOf: (row) => `[${row}].`, wrap: list };
  }
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new ProblemError(400, "NO_INSTANCES", "The body has no line.");
  if (lines.length > maxInstances) throw new ProblemError(413, "TOO_MANY_ROWS", `More than ${maxInstances} lines.`);
  return { values: lines.map((line, i) => parseJson(line, `Line ${i + 1}`)), nameOf: (row) => `[${row}].`, wrap: list };
}

function jsonBatch(body: unknown): Batch {
  if (Array.isArray(body)) {
    return { values: notEmpty(body), nameOf: (row) => `[${row}].`, wrap: (predictions) => predictions };
  }
  if (typeof body === "object" && body !== null && Object.hasOwn(body, "instances")) {
    const { instances, ...others } = body as { instances: unknown };
    const [unknown] = Object.keys(others);
    if (unknown !== undefined || !Array.isArray(instances))
      throw new ProblemError(400, "INVALID_REQUEST", "instances must be a list, with nothing beside it.");
    const wrap = (predictions: readonly Prediction[]): unknown => ({ predictions });
    return { values: notEmpty(instances), nameOf: (row) => `instances[${row}].`, wrap };
  }
  return { values: [body], nameOf: () => "", wrap: ([prediction]) => prediction };
}

function notEmpty(values: readonly unknown[]): readonly unknown[] {
  if (values.length === 0) throw new ProblemError(400, "NO_INSTANCES", "The list of instances is empty.");
  return values;
}

function answerText(predictions: readonly Prediction[], format: BodyFormat, wrap: Batch["wrap"]): string {
  if (format === "csv") return predictionsToCsv(predictions);
  if (format === "lines") return predictions.map((prediction) => `${JSON.stringify(prediction)}\n`).join("");
  return JSON.stringify(wrap(predictions));
}
