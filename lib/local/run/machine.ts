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
  /** Whether it is a part of the work that a person waits for: no choice, no mark, nothing within a Map. */
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
  const failed = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  const execution = machine.run(input as JsonValue, {
    context: { Execution: { Name: options.executionName, Input: input as JsonValue, StartTime: "" } },
    overrides: {
      taskResourceLocalHandlers: stopAfterFailure(definition, handlers, { failed, underWay }) as Record<
        string,
        (input: JsonValue) => Promise<JsonValue>
      >,
      ...(retryIntervalMs === undefined ? {} : { retryIntervalOverrides: intervalsOf(definition, retryIntervalMs) }),
    },
  });
  const stages = new Set(statesOf(definition).flatMap(({ name, isStage }) => (isStage ? [name] : [])));
  const listening = listen(execution.eventLogs, stages, failed, options.onEvent ?? (() => undefined));
  try {
    return await execution.result;
  } finally {
    await listening;
    // What the failure of another branch has left at work is of this run, too: nothing of it goes on after its end.
    await Promise.allSettled(underWay);
  }
}

function intervalsOf(definition: MachineDefinition, intervalMs: number): Record<string, number> {
  const names = JSON.stringify(definition).matchAll(/"([A-Za-z]+)":\{"Type":"(?:Task|Map|Parallel)"/g);
  return Object.fromEntries([...names].map(([, name]) => [name as string, intervalMs]));
}

/**
 * Step Functions starts nothing more of a Map or of a Parallel's branches after a part of it has failed; the local
 * engine works its queue off all the same, beside the failure path. Handlers of tasks in there are therefore not called
 * any more.
 */
function stopAfterFailure(
  definition: MachineDefinition,
  handlers: TaskHandlers,
  { failed, underWay }: { readonly failed: ReadonlySet<string>; readonly underWay: Set<Promise<unknown>> },
): TaskHandlers {
  const withinOf = new Map(statesOf(definition).map(({ name, within }) => [name, within]));
  const guarded = Object.entries(handlers).map(([name, run]): [string, TaskHandler] => {
    const within = withinOf.get(name) ?? [];
    if (within.length === 0) return [name, run];
    return [
      name,
      (input) => {
        const over = within.find((outer) => failed.has(outer));
        if (over !== undefined) return Promise.reject(new Error(`${over} has failed already`));
        const work = run(input);
        underWay.add(work);
        return work.finally(() => underWay.delete(work));
      },
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
  /** Maps and Parallels that it is in, the outermost first. */
  readonly within: readonly string[];
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
  const visit = (
    states: Readonly<Record<string, StateDefinition>>,
    within: readonly string[],
    isIterated: boolean,
  ): MachineState[] =>
    Object.entries(states).flatMap(([name, state]) => {
      const calls = RESOURCES.find(([resource]) => resource.test(state.Resource ?? ""))?.[1];
      const works = calls === undefined ? state.Type === "Map" : calls === "query" || calls === "code";
      const inside = [...within, name];
      const branches = (state.Branches ?? []).flatMap((branch) => visit(branch.States, inside, isIterated));
      const items = state.ItemProcessor === undefined ? [] : visit(state.ItemProcessor.States, inside, true);
      return [{ name, calls, within, isStage: works && !isIterated }, ...items, ...branches];
    });
  return visit((definition as unknown as { States: Record<string, StateDefinition> }).States, [], false);
}

async function listen(
  events: AsyncGenerator<EventLog>,
  stages: ReadonlySet<string>,
  failed: Set<string>,
  tell: (event: MachineEvent) => void,
): Promise<void> {
  const progress = new Map<string, { done: number; total: number }>();
  for await (const event of events) {
    const atMs = event.timestamp;
    if (event.type === "MapIterationFailed" || event.type === "ParallelBranchFailed")
      failed.add(event.parentState.name);
    if (event.type === "StateEntered") failed.delete(event.state.name);
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
