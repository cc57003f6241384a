import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseBusyError } from "../../postgres/errors.ts";
import { isProcessAlive } from "../lake/processes.ts";

interface Owner {
  readonly processId: number;
  /** Start of the process in clock ticks since boot, where the system tells: a recycled process id does not count. */
  readonly startTicks: string;
}

/** Directories that this very process has open: its own id in a file says nothing about that. */
const openHere = new Set<string>();

function ownerFile(directory: string): string {
  return `${directory}.owner`;
}

/**
 * Field 22 of /proc/<pid>/stat (proc(5)), counted after the command's closing parenthesis; empty where there is no
 * /proc.
 */
function readStartTicks(processId: number): string {
  try {
    const line = readFileSync(`/proc/${processId}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

const isRunning = ({ processId, startTicks }: Owner): boolean =>
  isProcessAlive(processId) && readStartTicks(processId) === startTicks;

function readOwner(directory: string): Owner | undefined {
  try {
    const { processId, startTicks } = JSON.parse(readFileSync(ownerFile(directory), "utf8")) as Partial<Owner>;
    return Number.isInteger(processId) ? { processId: processId ?? 0, startTicks: startTicks ?? "" } : undefined;
  } catch (error) {
    // Half-written by a process that was killed: nobody's.
    if (error instanceof SyntaxError) return undefined;
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Marks an embedded database as opened by this process. Two processes in one directory would damage it; the lake's lock
 * keeps them apart, and this notices when somebody goes around it.
 * @throws DatabaseBusyError.
 */
export function claimDirectory(directory: string): void {
  const owner = readOwner(directory);
  const elsewhere = owner !== undefined && owner.processId !== process.pid && isRunning(owner);
  if (openHere.has(directory) || elsewhere) {
    throw new DatabaseBusyError(
      "DATABASE_BUSY",
      `The embedded database in ${directory} is open in process ${owner?.processId ?? process.pid}. Wait for it to end.`,
      { directory, processId: owner?.processId },
    );
  }
  const claim: Owner = { processId: process.pid, startTicks: readStartTicks(process.pid) };
  mkdirSync(dirname(directory), { recursive: true });
  writeFileSync(ownerFile(directory), JSON.stringify(claim));
  openHere.add(directory);
}

/** Takes the mark away. */
export function releaseDirectory(directory: string): void {
  openHere.delete(directory);
  rmSync(ownerFile(directory), { force: true });
}
