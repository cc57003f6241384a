import { vi } from "vitest";
import { logger, metrics } from "../../lib/aws/functions/telemetry.ts";

/** Powertools writes to consoles of its own. */
const consoleOf = (tool: unknown): Console => (tool as { console: Console }).console;

/** Keeps what the deployed functions log from the output, until all mocks are restored. @returns the lines, as they come. */
export function catchLog(): readonly string[] {
  const lines: string[] = [];
  const keep = (text: unknown): void => void lines.push(String(text));
  for (const level of ["info", "error", "warn", "debug"] as const)
    vi.spyOn(consoleOf(logger), level).mockImplementation(keep);
  for (const output of [consoleOf(metrics), console]) vi.spyOn(output, "log").mockImplementation(keep);
  return lines;
}
