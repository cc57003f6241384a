import type { CommandLine } from "./commandLine.ts";

/** What both families of shells take as it is. */
const PLAIN = /^[A-Za-z0-9_./:=,@+-]+$/;

/** A word as a shell reads it back unchanged: quoted where it must be. */
export function shellWord(word: string, shell: CommandLine["shell"]): string {
  if (PLAIN.test(word)) return word;
  // cmd and PowerShell agree on double quotes alone; paths and names there hold no such quote.
  if (shell === "windows") return PLAIN.test(word.replaceAll("\\", "")) ? word : `"${word.replaceAll('"', '""')}"`;
  return `'${word.replaceAll("'", "'\\''")}'`;
}
