import { gzipSync } from "node:zlib";
import type { Scenario, Stage } from "../stage/scenario.ts";
import { signedRequest } from "../stage/signedRequest.ts";
import { expectSucceeded } from "../stage/twin.ts";
import { shop } from "./drops.ts";

/** A shop's rows as records of a stream: one JSON object a line. */
function records(csv: string): string {
  const [header = "", ...lines] = csv.trimEnd().split("\n");
  const names = header.split(",");
  const record = (line: string) =>
    JSON.stringify(Object.fromEntries(line.split(",").map((cell, i) => [names[i], cell])));
  return `${lines.map(record).join("\n")}\n`;
}

/** Name of the function that starts runs; CloudFormation has made it. */
function startRunFunction({ box, cloud }: Stage): string {
  const { text } = signedRequest(box, { service: "lambda", path: "/2015-03-31/functions/?MaxItems=1000" });
  const { Functions } = JSON.parse(text) as { Functions: { FunctionName: string }[] };
  const names = Functions.map(({ FunctionName }) => FunctionName);
  const stack = `Rfm-${cloud.deployment.environment}-`;
  const found = names.find((name) => name.startsWith(stack) && /startrun/i.test(name));
  if (found === undefined) throw new Error(`there is no start-run among ${names.join(", ")}`);
  return found;
}

/** Firehose is played by a writer of its objects, EventBridge Scheduler by whoever calls start-run as it does. */
export const streamTick: Scenario = {
  name: "stream: two objects, one tick of the schedule, one run; a second tick starts nothing",
  run: async (stage) => {
    const { box, cloud, twin } = stage;
    const starter = startRunFunction(stage);
    const files = [80, 81].map((seed) => {
      const { text } = shop("", seed, 400);
      return { name: `stream/2026/11/21/10/rfm-stream-${seed}.jsonl`, text: records(text) };
    });
    const known = await cloud.executions();
    for (const { name, text } of files) await cloud.put(`incoming/${name}.gz`, gzipSync(text));
    const tick = (streamAt: string): string => {
      const { status, text } = signedRequest(box, {
        service: "lambda",
        path: `/2015-03-31/functions/${starter}/invocations`,
        method: "POST",
        body: JSON.stringify({ streamAt }),
      });
      if (status !== 200) throw new Error(`start-run answered ${status}: ${text.slice(0, 300)}`);
      return text;
    };
    tick("2026-11-21T11:00:00Z");
    const [execution] = await cloud.newExecutions(known, 1);
    if (execution === undefined) throw new Error("no run was started");
    const seen = await twin.expectSame(expectSucceeded(execution), files, { ignored: ["run_id", "model_version"] });
    const second = tick("2026-11-21T12:00:00Z");
    if (!second.includes("ignored")) throw new Error(`the second tick said ${second}`);
    return seen;
  },
};
