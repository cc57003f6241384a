import type { Config } from "../config/config.ts";
import { parseConfig } from "../config/configFile.ts";
import { settingChanges } from "../config/settingChanges.ts";

/** A setting that is not the default, as text. */
export interface ConfigChange {
  /** Its path, like `clusters.minK`. */
  readonly setting: string;
  readonly value: string;
  readonly usual: string;
}

/** The settings that are not the defaults, by path; lists and whole new groups as JSON. */
export function configChanges(config: Config): ConfigChange[] {
  return settingChanges(parseConfig({}), config).map(({ setting, before, now }) => ({
    ...{ setting, value: now, usual: before },
  }));
}
