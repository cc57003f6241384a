import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";

/** What the box does beside working: each is off unless given, but UNLOADs are always split. */
export interface BoxOrders {
  /** UNLOAD writes several files, each sorted, none before the other. Default true. */
  readonly splitUnload?: boolean;
  /** Passing faults of Athena: this share of the statements fails, each at most `inARow` times. */
  readonly athenaFaults?: { readonly seed: number; readonly share: number; readonly inARow?: number };
  /** Functions whose next calls fail with an error, `times` times. */
  readonly functionFaults?: readonly { readonly function: string; readonly times: number; readonly error: string }[];
  /** Kind of resource of which CloudFormation can make none, as in `AWS::StepFunctions::StateMachine`. */
  readonly failedResource?: string;
  /** The database is at zero, and resumes for so long from the first call on. */
  readonly resumeSeconds?: number;
}

/** One line of the box's journal. */
export interface JournalEntry {
  readonly at: number;
  readonly kind: "athena" | "data-api" | "function" | "denied";
  readonly name: string;
  readonly ms?: number;
  /** Of a statement of Athena's, as Trino planned it. */
  readonly stages?: number;
  readonly outcome?: "succeeded" | "failed";
  readonly error?: string;
}

/** The two files by which the tests and the box's Python side speak. */
export interface BoxControl {
  readonly controlPath: string;
  readonly journalPath: string;
  /** Replaces all orders; counts of faults begin anew. */
  order(orders: BoxOrders): void;
  /** What happened since a number of entries. */
  journal(since?: number): JournalEntry[];
}

export function openControl(controlPath: string, journalPath: string): BoxControl {
  let generation = 0;
  const order = (orders: BoxOrders): void => {
    writeFileSync(`${controlPath}.new`, JSON.stringify({ ...orders, generation: ++generation }));
    renameSync(`${controlPath}.new`, controlPath);
  };
  order({});
  if (!existsSync(journalPath)) appendFileSync(journalPath, "");
  return {
    controlPath,
    journalPath,
    order,
    journal: (since = 0) =>
      readFileSync(journalPath, "utf8")
        .split("\n")
        .slice(since)
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as JournalEntry),
  };
}
