import { readFileSync } from "node:fs";
import { StateMachine } from "aws-local-stepfunctions";

type MachineDefinition = ConstructorParameters<typeof StateMachine>[0];
type JsonValue = Parameters<StateMachine["run"]>[0];
type EventLog = ReturnType<StateMachine["run"]>["eventLogs"] extends AsyncGenerator<infer Event> ? Event : never;

/** What runs in place of a Task state's resource: gets the state's input, gives its result. */
export type TaskHandler = (input: never) => Promise<unknown>;
export type TaskHandlers = Readonly<Record<string, TaskHandler>>;

/** What the progress display hears. `done` and `total` count the iterations of a Map. */
export interface MachineEvent {
  readonly type: "entered" | "exited" | "iterated" | "retried" | "caught";
  readonly state: string;
  readonly stateType: string;
  /** Whether it is a part of the work that a person waits for: no choice, no mark, nothing within a Map or a branch. */
  readonly isStage: boolean;
  readonly atMs: number;
  readonly done?: number;
  readonly total?: number;
}

export interface MachineOptions {
  /** Unique name of the execution: `$$.Execution.Name`. */
  readonly executionName: string;
  readonly onEvent?: (event: MachineEvent) => void;
  /** Milliseconds between retries, for tests; without it the definition's own intervals hold. */
  readonly retryIntervalMs?: number;
}

/** Reads a state machine and puts local names in the place of its `${…}` substitutions. */
export function loadMachine(file: URL): MachineDefinition {
  const text = readFileSync(file, "utf8")
    .replace(/\$\{(\w+)FunctionArn\}/g, "arn:aws:lambda:us-east-1:000000000000:function:$1")
    .replace(/\$\{(\w+)TopicArn\}/g, "arn:aws:sns:us-east-1:000000000000:$1")
    .replace(/\$\{(\w+)\}/g, "local-$1");
  return JSON.parse(text) as MachineDefinition;
}

/**
 * Runs a state machine in this process with local handlers in the place of its resources.
 * @throws whatever the Fail state reports, as the engine's error (its `Error` and `Cause`).
 */
export async function runMachine(
  definition: MachineDefinition,
  handlers: TaskHandlers,
  input: unknown,
  options: MachineOptions,
): Promise<unknown> {
  const machine = new StateMachine(definition, { validationOptions: { noValidate: true } });
  const retryIntervalMs = options.retryIntervalMs;
  const failedMaps = new Set<string>();
  const execution = machine.run(input as JsonValue, {
    context: { Execution: { Name: options.executionName, Input: input as JsonValue, StartTime: "" } },
    overrides: {
      taskResourceLocalHandlers: stopAfterFailure(definition, handlers, failedMaps) as Record<
        string,
        (input: JsonValue) => Promise<JsonValue>
      >,
      ...(retryIntervalMs === undefined ? {} : { retryIntervalOverrides: intervalsOf(definition, retryIntervalMs) }),
    },
  });
  const stages = new Set(statesOf(definition).flatMap(({ name, isStage }) => (isStage ? [name] : [])));
  const listening = listen(execution.eventLogs, stages, failedMaps, options.onEvent ?? (() => undefined));
  try {
    return await execution.result;
  } finally {
    await listening;
  }
}

function intervalsOf(definition: MachineDefinition, intervalMs: number): Record<string, number> {
  const names = JSON.stringify(definition).matchAll(/"([A-Za-z]+)":\{"Type":"(?:Task|Map|Parallel)"/g);
  return Object.fromEntries([...names].map(([, name]) => [name as string, intervalMs]));
}

/**
 * Step Functions starts no iteration of a Map after one has failed; the local engine works its queue off all the same,
 * beside the failure path. Handlers of such a Map's tasks are therefore not called any more.
 */
function stopAfterFailure(
  definition: MachineDefinition,
  handlers: TaskHandlers,
  failedMaps: ReadonlySet<string>,
): TaskHandlers {
  const mapOf = new Map(statesOf(definition).map(({ name, map }) => [name, map]));
  const guarded = Object.entries(handlers).map(([name, run]): [string, TaskHandler] => {
    const map = mapOf.get(name);
    if (map === undefined) return [name, run];
    return [
      name,
      (input) => (failedMaps.has(map) ? Promise.reject(new Error(`${map} has failed already`)) : run(input)),
    ];
  });
  return Object.fromEntries(guarded);
}

interface StateDefinition {
  readonly Type: string;
  readonly Resource?: string;
  readonly ItemProcessor?: { readonly States: Readonly<Record<string, StateDefinition>> };
  readonly Branches?: readonly { readonly States: Readonly<Record<string, StateDefinition>> }[];
}

/** A state wherever it is in a machine. */
export interface MachineState {
  readonly name: string;
  /**
   * What a Task calls: code of ours, a query, what makes ready to repeat one, or something that tells somebody;
   * undefined for states of other types.
   */
  readonly calls: "code" | "query" | "repeat" | "announcement" | undefined;
  /** The Map that it is an iteration's state of. */
  readonly map: string | undefined;
  readonly isStage: boolean;
}

const RESOURCES = [
  [/:athena:/, "query"],
  [/:RepeatStatement$/, "repeat"],
  [/:(?:events|sns):/, "announcement"],
  [/./, "code"],
] as const;

/** All states of a machine, those of Maps and branches included. */
export function statesOf(definition: MachineDefinition): MachineState[] {
  const visit = (states: Readonly<Record<string, StateDefinition>>, map?: string, isTop = true): MachineState[] =>
    Object.entries(states).flatMap(([name, state]) => {
      const calls = RESOURCES.find(([resource]) => resource.test(state.Resource ?? ""))?.[1];
      const works =
        calls === undefined ? state.Type === "Map" || state.Type === "Parallel" : calls === "query" || calls === "code";
      const branches = (state.Branches ?? []).flatMap((branch) => visit(branch.States, map, false));
      const items = state.ItemProcessor === undefined ? [] : visit(state.ItemProcessor.States, name, false);
      return [{ name, calls, map, isStage: isTop && works }, ...items, ...branches];
    });
  return visit((definition as unknown as { States: Record<string, StateDefinition> }).States);
}

async function listen(
  events: AsyncGenerator<EventLog>,
  stages: ReadonlySet<string>,
  failedMaps: Set<string>,
  tell: (event: MachineEvent) => void,
): Promise<void> {
  const progress = new Map<string, { done: number; total: number }>();
  for await (const event of events) {
    const atMs = event.timestamp;
    if (event.type === "MapIterationFailed") failedMaps.add(event.parentState.name);
    if (event.type === "StateEntered") failedMaps.delete(event.state.name);
    if (event.type === "MapIterationStarted" || event.type === "MapIterationSucceeded") {
      const state = event.parentState.name;
      const count = progress.get(state) ?? { done: 0, total: 0 };
      if (event.type === "MapIterationStarted") count.total++;
      else count.done++;
      progress.set(state, count);
      tell({ type: "iterated", state, stateType: "Map", isStage: stages.has(state), atMs, ...count });
    } else if ("state" in event && event.type in STATE_EVENTS) {
      const type = STATE_EVENTS[event.type] as MachineEvent["type"];
      const { name: state, type: stateType } = event.state;
      tell({ type, state, stateType, isStage: stages.has(state), atMs });
    }
  }
}

const STATE_EVENTS: Readonly<Record<string, MachineEvent["type"]>> = {
  StateEntered: "entered",
  StateExited: "exited",
  StateRetried: "retried",
  StateCaught: "caught",
};
