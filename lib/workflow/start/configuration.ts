import type { Config } from "../../domain/config/config.ts";
import { parseConfig, parseConfigText } from "../../domain/config/configFile.ts";
import { withoutNotify } from "../../domain/config/notifySettings.ts";
import type { ObjectStore } from "../../ports.ts";

/** The configuration of an attempt, without what no result may hold; the defaults when it has none. */
export async function loadConfig(store: ObjectStore, key: string | null): Promise<Config> {
  if (key === null) return parseConfig({});
  return withoutNotify(parseConfigText(new TextDecoder().decode(await store.read(key)), key));
}
