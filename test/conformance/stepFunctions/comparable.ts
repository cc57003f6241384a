import type { Outcome } from "./engines.ts";

interface AnnouncedEvent {
  readonly Entries: readonly { readonly Detail: unknown; readonly Resources?: readonly string[] }[];
}
interface FailureInput {
  readonly state: { readonly error?: { readonly Cause: string } };
}

interface UnrecordedFailure {
  readonly error: string;
  readonly cause: string;
}

/**
 * An outcome without what the two engines may say in different words: the order of calls that run side by side, an
 * error of a Lambda's code (Step Functions keeps it as JSON) and the event that the EventBridge integration makes.
 */
export function comparable({ ending, path, children, calls, lake }: Outcome): object {
  const { cause, ...rest } = ending;
  return {
    ending: { ...rest, ...(cause === undefined ? {} : { cause: plainCause(cause) }) },
    path,
    children,
    calls: Object.fromEntries(
      Object.entries(calls).map(([state, inputs]) => [state, inputs.map((input) => plainInput(state, input)).sort()]),
    ),
    lake,
  };
}

function plainInput(state: string, input: unknown): string {
  if (state === "AnnounceRun") return canonicalJson(plainEvent(input as AnnouncedEvent));
  if (state === "RecordFailure") return canonicalJson(plainFailure(input as FailureInput));
  if (state === "NotifyOfFailureItself") {
    const { Message, ...rest } = input as { readonly Message: string | UnrecordedFailure };
    // The SNS integration turns an object into text.
    const { error, cause } = typeof Message === "string" ? (JSON.parse(Message) as UnrecordedFailure) : Message;
    return canonicalJson({ ...rest, Message: { error, cause: plainCause(cause) } });
  }
  return canonicalJson(input);
}

/** The integration turns the detail into text and adds the execution and its machine to the resources. */
function plainEvent({ Entries }: AnnouncedEvent): AnnouncedEvent {
  return {
    Entries: Entries.map(({ Resources: _added, Detail, ...entry }) => ({
      ...entry,
      Detail: typeof Detail === "string" ? JSON.parse(Detail) : Detail,
    })),
  };
}

function plainFailure(input: FailureInput): FailureInput {
  const { error } = input.state;
  if (error === undefined) return input;
  return { ...input, state: { ...input.state, error: { ...error, Cause: plainCause(error.Cause) } } };
}

function plainCause(cause: string): string {
  if (!cause.startsWith("{")) return cause;
  return (JSON.parse(cause) as { readonly errorMessage: string }).errorMessage;
}

/** JSON with the members of objects in the order of their names. */
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    item !== null && typeof item === "object" && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
