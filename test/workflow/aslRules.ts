/** A state machine as JSON, and what ours may say: what Step Functions and aws-local-stepfunctions both honour. */

export interface Retrier {
  readonly ErrorEquals: readonly string[];
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly End?: boolean;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next: string }[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly Next: string;
    readonly ResultPath?: string;
  }[];
  readonly Retry?: readonly Retrier[];
  readonly TimeoutSeconds?: number;
  readonly OutputPath?: string | null;
  readonly ItemsPath?: string;
  readonly ItemProcessor?: Machine & { readonly ProcessorConfig?: { readonly Mode?: string } };
  readonly Branches?: readonly Machine[];
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface PlacedState {
  readonly name: string;
  readonly state: State;
  readonly machine: Machine;
  /** Inside a Map's processor or a Parallel's branch. */
  readonly isNested: boolean;
  /** Inside a Map's processor, at any depth. */
  readonly isInMap: boolean;
}

/** Every state of a machine, those of Maps and branches among them. */
export function allStates(machine: Machine, isNested = false, isInMap = false): PlacedState[] {
  return Object.entries(machine.States).flatMap(([name, state]) => [
    { name, state, machine, isNested, isInMap },
    ...(state.ItemProcessor ? allStates(state.ItemProcessor, true, true) : []),
    ...(state.Branches ?? []).flatMap((branch) => allStates(branch, true, isInMap)),
  ]);
}

/** Where a state can go on its own, and by an error. */
export function successorsOf(state: State): { readonly normal: string[]; readonly caught: string[] } {
  const normal = [state.Next, state.Default, ...(state.Choices ?? []).map((choice) => choice.Next)];
  return {
    normal: normal.filter((name) => name !== undefined),
    caught: (state.Catch ?? []).map((catcher) => catcher.Next),
  };
}

/** States that a machine comes to from `start`; nested machines are not entered. */
export function reachableFrom(machine: Machine, start: string): Set<string> {
  const seen = new Set<string>();
  const waiting = [start];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const state = machine.States[name];
    if (seen.has(name) || state === undefined) continue;
    seen.add(name);
    const { normal, caught } = successorsOf(state);
    waiting.push(...normal, ...caught);
  }
  return seen;
}

export const ATHENA = "arn:aws:states:::athena:startQueryExecution.sync";
const LAMBDA_TRANSIENT = new Set([
  "Lambda.ServiceException",
  "Lambda.AWSLambdaException",
  "Lambda.SdkClientException",
  "Lambda.TooManyRequestsException",
  "Lambda.ClientExecutionTimeoutException",
  "TransientError",
]);

/** Fields that one of the two engines ignores, or reads otherwise. */
const FORBIDDEN_FIELDS = new Set([
  "QueryLanguage",
  "Arguments",
  "Assign",
  "Condition",
  "Items",
  "Output",
  "ItemReader",
  "ItemBatcher",
  "ResultWriter",
  "ToleratedFailureCount",
  "ToleratedFailureCountPath",
  "ToleratedFailurePercentage",
  "ToleratedFailurePercentagePath",
  "Iterator",
  "HeartbeatSeconds",
  "HeartbeatSecondsPath",
  "TimeoutSecondsPath",
]);

/** What a machine says that it should not, a sentence each; empty when all is well. */
export function violationsOf(machine: Machine, failureState = "RecordFailure"): string[] {
  const states = allStates(machine);
  return [
    ...states.flatMap((placed) => [...fieldViolations(placed), ...taskViolations(placed)]),
    ...nameViolations(states),
    ...reachViolations(states),
    ...catchViolations(machine, failureState),
  ];
}

function fieldViolations({ name, state, isInMap }: PlacedState): string[] {
  const found: string[] = [];
  const visit = (value: unknown, key: string, inSelector: boolean): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, key, inSelector);
    else if (typeof value === "object" && value !== null) {
      for (const [field, item] of Object.entries(value)) {
        // Nested machines are looked at by themselves.
        if (field === "States" || field === "Branches") continue;
        if (FORBIDDEN_FIELDS.has(field)) found.push(`${name}: ${field}`);
        visit(item, field, inSelector || field === "ItemSelector");
      }
    } else if (typeof value === "string") {
      if (key === "ResultPath" && value === "$") found.push(`${name}: ResultPath "$"`);
      if (value.includes("{%")) found.push(`${name}: JSONata in ${key}`);
      if (/\bStates\.(?!ALL\b|JsonMerge\b|TaskFailed\b|Timeout\b)[A-Z]/.test(value))
        found.push(`${name}: intrinsic in ${key}`);
      if (value.startsWith("$") && value.includes("[*]")) found.push(`${name}: wildcard in ${key}`);
      if (value.startsWith("$$.Map") && !inSelector) found.push(`${name}: ${value} outside an ItemSelector`);
      if (value.startsWith("$$.Execution.Input")) found.push(`${name}: ${value}`);
      if (isInMap && value.startsWith("$$.") && !inSelector) found.push(`${name}: ${value} inside a Map`);
    }
  };
  visit(state, "", false);
  return found;
}

function taskViolations({ name, state }: PlacedState): string[] {
  if (state.Type !== "Task") return [];
  const found: string[] = [];
  if (!Number.isInteger(state.TimeoutSeconds)) found.push(`${name}: no TimeoutSeconds`);
  const errors = (state.Retry ?? []).flatMap((retrier) => retrier.ErrorEquals);
  if (errors.length === 0) found.push(`${name}: no Retry`);
  const allowed = allowedRetries(state);
  for (const error of errors) if (!allowed.has(error)) found.push(`${name}: retries ${error}`);
  if (isLambda(state))
    for (const error of LAMBDA_TRANSIENT) if (!errors.includes(error)) found.push(`${name}: does not retry ${error}`);
  return found;
}

const isLambda = (state: State): boolean => /^\$\{\w+FunctionArn\}$|:lambda:/.test(state.Resource ?? "");

function allowedRetries(state: State): ReadonlySet<string> {
  if (isLambda(state)) return LAMBDA_TRANSIENT;
  // A statement that failed may have written half its target; only a statement that never began is tried again.
  if (state.Resource === ATHENA) return new Set(["Athena.TooManyRequestsException"]);
  return new Set(["States.TaskFailed"]);
}

function nameViolations(states: readonly PlacedState[]): string[] {
  const names = states.map((placed) => placed.name);
  return names.filter((name, i) => names.indexOf(name) !== i).map((name) => `${name}: two states of this name`);
}

function reachViolations(states: readonly PlacedState[]): string[] {
  const machines = new Set(states.map((placed) => placed.machine));
  return [...machines].flatMap((machine) => {
    const reached = reachableFrom(machine, machine.StartAt);
    const missing = Object.keys(machine.States).filter((name) => !reached.has(name));
    return missing.map((name) => `${name}: never reached`);
  });
}

/** At the top every state that does something hands its error to the failure path, but for the failure path itself. */
function catchViolations(machine: Machine, failureState: string): string[] {
  const failurePath = machine.States[failureState] ? reachableFrom(machine, failureState) : new Set<string>();
  return Object.entries(machine.States).flatMap(([name, state]) => {
    if (!["Task", "Map", "Parallel"].includes(state.Type)) return [];
    const all = state.Catch?.find((catcher) => catcher.ErrorEquals.includes("States.ALL"));
    if (all === undefined) return [`${name}: catches nothing`];
    const mayGoOn = failurePath.has(name) || machine.States[all.Next]?.Type === "Succeed";
    if (mayGoOn) return [];
    if (all.Next !== failureState) return [`${name}: hands its error to ${all.Next}`];
    return all.ResultPath === "$.error" ? [] : [`${name}: puts its error at ${all.ResultPath}`];
  });
}
