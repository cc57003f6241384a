import type { Config } from "../config/config.ts";
import { parseConfig } from "../config/configFile.ts";
import { settingChanges } from "../config/settingChanges.ts";
import type { ConfigChange } from "./types.ts";

/** The settings that are not the defaults, by path; lists and whole new groups as JSON. */
export function configChanges(config: Config): ConfigChange[] {
  return settingChanges(parseConfig({}), config).map(({ setting, before, now }) => ({
    ...{ setting, value: now, usual: before },
  }));
}
