import type { Box } from "../box/box.ts";
import type { Settings } from "../box/deployment.ts";
import type { CloudLake } from "./cloudLake.ts";
import type { Twin } from "./twin.ts";

/** What a scenario works with: one deployment and its history, which those before it have left. */
export interface Stage {
  readonly box: Box;
  readonly cloud: CloudLake;
  readonly twin: Twin;
  /** Folder of the assembly that was deployed, and the settings it was made with. */
  readonly assembly: string;
  readonly settings: Settings;
}

/** Something that a user does, and what must be seen. */
export interface Scenario {
  readonly name: string;
  /** @returns what was seen, in a few words. @throws Error with what was seen instead. */
  readonly run: (stage: Stage) => Promise<string>;
}

/** Something that comes before a deployment. */
export interface Precedent {
  readonly name: string;
  /** @returns what was seen. @throws Error with what was seen instead. */
  readonly run: (box: Box, assembly: string, settings: Settings) => Promise<string>;
}

/** How a scenario ended. */
export interface Verdict {
  readonly name: string;
  readonly isGreen: boolean;
  readonly seconds: number;
  /** Statements that Athena ran meanwhile. */
  readonly statements: number;
  readonly seen: string;
}

/** Runs one scenario; whatever it ordered of the box is taken back. */
export async function judge(
  scenario: { readonly name: string; readonly run: () => Promise<string> },
  { control }: Box,
): Promise<Verdict> {
  const start = Date.now();
  const entries = control.journal().length;
  const verdict = (isGreen: boolean, seen: string): Verdict => ({
    name: scenario.name,
    isGreen,
    seconds: Math.round((Date.now() - start) / 1000),
    statements: control.journal(entries).filter(({ kind }) => kind === "athena").length,
    seen,
  });
  try {
    return verdict(true, await scenario.run());
  } catch (error) {
    return verdict(false, error instanceof Error ? error.message : String(error));
  } finally {
    control.order({});
  }
}
