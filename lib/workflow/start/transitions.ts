import definition from "../segmentation.asl.json" with { type: "json" };

/** A state, as far as the way through a machine depends on it. */
interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly Choice[];
  readonly ItemsPath?: string;
  readonly ResultPath?: string | null;
  readonly ItemProcessor?: Machine;
  readonly Branches?: readonly Machine[];
}

interface Choice {
  readonly Variable: string;
  readonly BooleanEquals?: boolean;
  readonly StringEquals?: string;
  readonly Next: string;
}

export interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export const SEGMENTATION_MACHINE = definition as unknown as Machine;

/**
 * State transitions that Step Functions charges for one execution: states entered on the way that `data` takes, those
 * of the children of Maps and of branches among them. Retries are not known here.
 * @param data a state of this execution, from which choices are made and items counted; where the items of a Map are
 * gone from it, the results that the Map left are counted.
 */
export function countTransitions(machine: Machine, data: unknown): number {
  let count = 0;
  for (let name: string | undefined = machine.StartAt; name !== undefined; ) {
    const state: State | undefined = machine.States[name];
    if (state === undefined) throw new Error(`The machine has no state ${name}.`);
    count += 1 + childTransitions(state, data);
    name = nextOf(state, data);
  }
  return count;
}

function childTransitions(state: State, data: unknown): number {
  if (state.ItemProcessor !== undefined) return itemsOf(state, data) * countTransitions(state.ItemProcessor, data);
  return (state.Branches ?? []).reduce((sum, branch) => sum + countTransitions(branch, data), 0);
}

function itemsOf({ ItemsPath, ResultPath }: State, data: unknown): number {
  const items = [ItemsPath, ResultPath].map((path) => valueAt(path, data)).find(Array.isArray);
  return items?.length ?? 0;
}

function nextOf({ Choices, Default, Next }: State, data: unknown): string | undefined {
  const taken = Choices?.find(({ Variable, BooleanEquals, StringEquals }) => {
    const value = valueAt(Variable, data);
    return value !== undefined && value === (BooleanEquals ?? StringEquals);
  });
  return taken?.Next ?? Default ?? Next;
}

/** The value at a plain path, `$.a.b`. */
function valueAt(path: string | null | undefined, data: unknown): unknown {
  if (path === null || path === undefined) return undefined;
  const step = (value: unknown, name: string): unknown => (value as Record<string, unknown> | undefined)?.[name];
  return path.split(".").slice(1).reduce(step, data);
}
