import type { Config } from "../../domain/config/config.ts";
import { parseConfig, parseConfigText } from "../../domain/config/configFile.ts";
import type { ObjectStore } from "../../ports.ts";

/** The configuration of an attempt; the defaults when it has none. */
export async function loadConfig(store: ObjectStore, key: string | null): Promise<Config> {
  if (key === null) return parseConfig({});
  return parseConfigText(new TextDecoder().decode(await store.read(key)), key);
}
