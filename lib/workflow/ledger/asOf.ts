import { SegmentationError } from "../../domain/errors.ts";
import type { Drop } from "../steps/state.ts";

/** The history has no such earlier state. */
export class AsOfError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("AS_OF", message, context);
  }
}

/** A day stands for its end, a time for itself; both in UTC. @throws AsOfError for anything else. */
export function parseMoment(text: string): Date {
  const form = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?)Z?)?$/.exec(text);
  const moment = new Date(`${form?.[1]}T${form?.[2] ?? "23:59:59.999"}Z`);
  if (form === null || Number.isNaN(moment.getTime()) || !moment.toISOString().startsWith(form[1] as string))
    throw new AsOfError(`"${text}" is not a date like 2024-05-31 or a time like 2024-05-31T18:00 (UTC).`, { text });
  return moment;
}

/** @returns the moment. @throws AsOfError for a day after today: what will be in the history then, nobody knows. */
export function pastMoment(moment: Date, now: Date): Date {
  // The rest of today has not happened yet, and changes nothing.
  if (moment.toISOString().slice(0, 10) <= now.toISOString().slice(0, 10)) return moment;
  throw new AsOfError(`${moment.toISOString()} lies in the future.`);
}

/**
 * The earlier moment as of which a run's input asks to read the ledger; undefined for a run of the history as it is.
 * @throws AsOfError for text that is no moment, a day that is not over, or an earlier state together with a drop: it
 * would be committed in the past.
 */
export function earlierMoment({ asOf, objects }: Drop, now: Date): Date | undefined {
  if (asOf === undefined) return undefined;
  if (objects.length > 0) throw new AsOfError("An earlier state of the history takes no new files.");
  return pastMoment(parseMoment(asOf), now);
}
