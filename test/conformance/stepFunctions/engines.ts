import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { loadMachine, runMachine } from "../../../lib/local/run/machine.ts";
import { openBridge } from "./bridge.ts";
import type { Calls, Scenario, Stage } from "./stage.ts";

const MACHINE_FILE = new URL("../../../lib/workflow/segmentation.asl.json", import.meta.url);
const INTERPRETER = fileURLToPath(new URL("./interpreter.py", import.meta.url));

export interface Ending {
  readonly status: "SUCCEEDED" | "FAILED";
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

export interface Outcome {
  readonly ending: Ending;
  /** States of the machine itself, in the order in which they were entered. */
  readonly path: readonly string[];
  /** States inside Maps and branches, sorted: they run side by side. */
  readonly children: readonly string[];
  readonly calls: Calls;
  /** Seconds waited before retries; the local engine is told not to wait. */
  readonly waits: readonly number[];
  readonly lake: Readonly<Record<string, string>>;
}

type Definition = ReturnType<typeof loadMachine>;

function definitionOf({ rewrite }: Scenario): Definition {
  const definition = loadMachine(MACHINE_FILE);
  return rewrite === undefined ? definition : (JSON.parse(rewrite(JSON.stringify(definition))) as Definition);
}

/** Plays a scenario in the local engine. */
export async function playLocally(stage: Stage, scenario: Scenario): Promise<Outcome> {
  const definition = definitionOf(scenario);
  const { input, handlers, calls } = await stage.prepare(scenario);
  const entered: string[] = [];
  const ending = await runMachine(definition, handlers, input, {
    executionName: scenario.name,
    retryIntervalMs: 0,
    onEvent: ({ type, state }) => type === "entered" && entered.push(state),
  }).then(
    (output): Ending => ({ status: "SUCCEEDED", output }),
    (thrown: Error): Ending => {
      const { name, message } = (thrown.cause ?? thrown) as Error;
      return { status: "FAILED", error: name, cause: message };
    },
  );
  return { ending, ...split(definition, entered), calls, waits: [], lake: await stage.look() };
}

/** Plays a scenario in moto's interpreter, run by this Python. */
export async function playInMoto(python: string, stage: Stage, scenario: Scenario): Promise<Outcome> {
  const definition = definitionOf(scenario);
  const { input, handlers, calls } = await stage.prepare(scenario);
  const bridge = await openBridge(handlers);
  try {
    const request = { definition: JSON.stringify(definition), name: scenario.name, input, bridge: bridge.url };
    const { entered, waits, ...ending } = await interpret(python, request);
    return { ending, ...split(definition, entered), calls, waits, lake: await stage.look() };
  } finally {
    await bridge.close();
  }
}

type Interpreted = Ending & { readonly entered: readonly string[]; readonly waits: readonly number[] };

/** Runs a definition in moto's interpreter, its tasks over the bridge. */
export async function interpret(python: string, request: object): Promise<Interpreted> {
  const child = spawn(python, [INTERPRETER], { stdio: "pipe" });
  child.stdin.end(JSON.stringify(request));
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  if (code !== 0) throw new Error(`The interpreter ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as Interpreted;
}

/** States of the machine itself, and those inside its Maps and branches. */
export function split(definition: Definition, entered: readonly string[]): Pick<Outcome, "path" | "children"> {
  const isOwn = (state: string): boolean => state in definition.States;
  return { path: entered.filter(isOwn), children: entered.filter((state) => !isOwn(state)).sort() };
}
