import { existsSync } from "node:fs";
import { SegmentationError } from "../lib/domain/errors.ts";
import { nearest } from "../lib/domain/text/suggest.ts";
import { COMMAND_NAMES } from "./commandList.ts";

/** The first word is neither a command nor a file. */
export class UnknownCommandError extends SegmentationError {
  constructor(word: string) {
    super("UNKNOWN_COMMAND", `There is no command and no file "${word}"${nearest(word, COMMAND_NAMES)}`, { word });
  }
}

/** Of the program itself; all other options belong to a command. */
const PROGRAM_OPTIONS = new Set(["-h", "--help", "-V", "--version"]);

/**
 * The arguments with their command: nothing, or options alone, means the demo, and a file means `run`.
 * @throws UnknownCommandError naming the nearest command.
 */
export function withCommand(args: readonly string[]): string[] {
  const [word] = args;
  if (word === undefined || (word.startsWith("-") && !PROGRAM_OPTIONS.has(word))) return ["demo", ...args];
  if (PROGRAM_OPTIONS.has(word) || word === "help" || COMMAND_NAMES.includes(word)) return [...args];
  // A path, a pattern or a name with an extension that leads nowhere is a mistyped file, not a mistyped command.
  if (/[./\\*?[{]/.test(word) || existsSync(word)) return ["run", ...args];
  throw new UnknownCommandError(word);
}
