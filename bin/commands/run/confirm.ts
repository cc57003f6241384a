import { createInterface } from "node:readline/promises";
import { SegmentationError } from "../../../lib/domain/errors.ts";

/** Asked, and the answer was not yes. */
export class NotConfirmedError extends SegmentationError {
  constructor(message: string) {
    super("NOT_CONFIRMED", message);
  }
}

/** @throws NotConfirmedError unless the person agrees, or --yes says so already. */
export async function confirm(question: string, { yes }: { readonly yes?: boolean }): Promise<void> {
  if (yes === true) return;
  if (!process.stdin.isTTY) throw new NotConfirmedError(`${question} Say so with --yes.`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question(`${question} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) throw new NotConfirmedError("Nothing was changed.");
  } finally {
    terminal.close();
  }
}
