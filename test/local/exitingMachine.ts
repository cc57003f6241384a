import { type loadMachine, runMachine } from "../../lib/local/run/machine.ts";

/** Runs one machine with timeouts of an hour and should then exit by itself. */
const work = { Type: "Task", Resource: "arn:aws:lambda:x", TimeoutSeconds: 3_600, End: true };
const map = {
  Type: "Map",
  ItemsPath: "$.items",
  MaxConcurrency: 2,
  End: true,
  ItemProcessor: { StartAt: "Work", States: { Work: work } },
};
const outcome = process.argv[2];
const definition = {
  StartAt: outcome === "map" ? "Map" : "Work",
  TimeoutSeconds: 3_600,
  States: outcome === "map" ? { Map: map } : { Work: work },
} as unknown as ReturnType<typeof loadMachine>;

const handlers = {
  Work: (): Promise<unknown> => {
    if (outcome === "throw") throw new Error("thrown at once");
    if (outcome === "succeed") return Promise.resolve({});
    return Promise.reject(new Error("rejected later"));
  },
};
const failed = await runMachine(definition, handlers, { items: [1, 2, 3] }, { executionName: "run-1" }).then(
  () => false,
  () => true,
);
if (failed !== (outcome !== "succeed")) process.exitCode = 2;
