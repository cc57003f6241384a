import type { ObjectStore } from "../../ports.ts";
import { writeOnce } from "../lake/json.ts";
import { configKey } from "../lake/layout.ts";
import type { Drop, ExecutionInput } from "../steps/state.ts";

/** Settings that every run uses, where somebody has put them: an `rfm.config.json`. */
export const DEPLOYED_CONFIG_KEY = "config/rfm.config.json";

/** Starts an execution under a unique name; a name that is taken is no error. */
export type ExecutionStarter = (
  name: string,
  input: Omit<ExecutionInput, "attempt">,
) => Promise<"started" | "already started">;

/** How an execution stands; failed is every end but success. Undefined: there is none of this name. */
export type ExecutionStatus = "running" | "succeeded" | "failed" | undefined;

export interface StartRunPorts {
  readonly store: ObjectStore;
  readonly start: ExecutionStarter;
  /**
   * Tells how an execution stands. Absent where no stream comes in: `incoming/stream/` is a folder like any other then.
   */
  readonly statusOf?: ((name: string) => Promise<ExecutionStatus>) | undefined;
}

export interface StartedRun {
  readonly outcome: "started" | "already started" | "ignored";
  /** The execution's name, or why there is none. */
  readonly detail: string;
}

/** Starts the execution of a drop, with the settings as they are now; `overrides` are set above them. */
export async function begin(
  { store, start }: StartRunPorts,
  name: string,
  drop: Drop,
  overrides?: Readonly<Record<string, string>>,
): Promise<StartedRun> {
  const outcome = await start(name, { configKey: await freezeConfig(store, name, overrides), drop });
  return { outcome, detail: name };
}

/** Keeps the settings as they are now for this attempt: a change while it runs must not mix two of them. */
async function freezeConfig(
  store: ObjectStore,
  attempt: string,
  overrides?: Readonly<Record<string, string>>,
): Promise<string | null> {
  const deployed =
    (await store.head(DEPLOYED_CONFIG_KEY)) === undefined ? undefined : await store.read(DEPLOYED_CONFIG_KEY);
  if (deployed === undefined && overrides === undefined) return null;
  const settings = overrides === undefined ? (deployed as Uint8Array) : withOverrides(deployed, overrides);
  // The second delivery of one event: the first one's settings hold.
  await writeOnce(store, configKey(attempt), settings, { contentType: "application/json" });
  return configKey(attempt);
}

function withOverrides(
  deployed: Uint8Array | undefined,
  overrides: Readonly<Record<string, string>>,
): Uint8Array | string {
  if (deployed === undefined) return JSON.stringify(overrides);
  try {
    const settings: unknown = JSON.parse(new TextDecoder().decode(deployed));
    const isObject = typeof settings === "object" && settings !== null && !Array.isArray(settings);
    return isObject ? JSON.stringify({ ...settings, ...overrides }) : deployed;
  } catch {
    // The run refuses them and says why, as it would for a file.
    return deployed;
  }
}
