import type { ExecutionInput } from "../../workflow/steps/state.ts";
import { DropRefusedError, MACHINE_FILE } from "./handlers.ts";
import { loadMachine, type MachineOptions, runMachine, type TaskHandlers } from "./machine.ts";

/** Runs the machine; on failure throws the step's own error in place of the engine's wording of it. */
export async function runAndExplain(
  handlers: TaskHandlers,
  input: ExecutionInput,
  options: Omit<MachineOptions, "executionName">,
): Promise<void> {
  const thrown: unknown[] = [];
  const watched = Object.entries(handlers).map(([state, handler]) => [
    state,
    async (taskInput: never) => {
      try {
        return await handler(taskInput);
      } catch (error) {
        if (!isThrownAgain(error, taskInput)) thrown.push(error);
        throw error;
      }
    },
  ]);
  try {
    const named = { ...options, executionName: input.attempt };
    await runMachine(loadMachine(MACHINE_FILE), Object.fromEntries(watched), input, named);
  } catch (error) {
    throw decisiveError(thrown, error);
  }
}

/** What a statement threw, thrown once more by the state that would not run it again. */
function isThrownAgain(
  error: unknown,
  { fault }: { readonly fault?: { readonly Error: string; readonly Cause: string } },
): boolean {
  return error instanceof Error && error.name === fault?.Error && error.message === fault.Cause;
}

/** Of what the handlers threw (errors that a retry got over among them), that for which the machine failed. */
function decisiveError(thrown: readonly unknown[], failure: unknown): unknown {
  const { name, message } = ((failure as Error).cause ?? failure) as Error;
  if (name === "DropRefusedError") return new DropRefusedError(message);
  const ofName = thrown.filter((error) => error instanceof Error && error.name === name) as Error[];
  // The record of a failure keeps the beginning of a long message only.
  return ofName.findLast((error) => error.message.startsWith(message)) ?? ofName.at(-1) ?? failure;
}
