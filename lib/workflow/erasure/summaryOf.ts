import type { ObjectStore } from "../../ports.ts";
import type { RunManifest } from "../documents.ts";
import { readJson } from "../lake/json.ts";
import { manifestKey } from "../lake/layout.ts";

/** A run's summary as the lake has it; undefined where its papers are gone. */
export async function summaryOf(store: ObjectStore, runId: string): Promise<string | undefined> {
  if ((await store.head(manifestKey(runId))) === undefined) return undefined;
  const { summaryKey } = await readJson<RunManifest>(store, manifestKey(runId));
  if ((await store.head(summaryKey)) === undefined) return undefined;
  return new TextDecoder().decode(await store.read(summaryKey));
}
