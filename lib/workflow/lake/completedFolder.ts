import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectStore } from "../../ports.ts";

/** Names of the objects that say "the folder is complete", in lower case. */
const COMPLETION_MARKERS = ["_success", "manifest.json"];
/** Whether a file of this name says that its folder is complete. */
export const isCompletionMarker = (name: string): boolean => COMPLETION_MARKERS.includes(name.toLowerCase());

/** A drop that cannot be started. */
export class DropError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown>) {
    super("DROP", message, context);
  }
}

/**
 * The files of a folder that is complete: all but hidden and empty ones, or those that its manifest names.
 * @throws DropError for none, or for one that the manifest names and that is not there.
 */
export async function keysOfFolder(
  store: ObjectStore,
  { prefix, marker }: { prefix: string; marker: string },
): Promise<string[]> {
  const listed = (await store.list(prefix)).filter((object) => {
    const name = object.key.split("/").at(-1) as string;
    return object.bytes > 0 && !/^[._]/.test(name) && !isCompletionMarker(name);
  });
  const named = marker.toLowerCase().endsWith("manifest.json")
    ? filesOfManifest(await store.read(marker), prefix)
    : undefined;
  const missing = (named ?? []).filter((key) => !listed.some((object) => object.key === key));
  if (missing.length > 0)
    throw new DropError(`${marker} names ${missing[0]}, which is not there or empty.`, { marker, missing });
  const keys = named ?? listed.map((object) => object.key);
  if (keys.length === 0) throw new DropError(`The folder ${prefix} is complete, but holds no file.`, { prefix });
  return keys;
}

/**
 * `{"files": ["a.csv"]}` or UNLOAD's `{"entries": [{"url": "s3://…/a.csv"}]}`; any other manifest means: all of the
 * folder.
 */
function filesOfManifest(bytes: Uint8Array, prefix: string): string[] | undefined {
  let manifest: { files?: unknown; entries?: unknown };
  try {
    manifest = JSON.parse(new TextDecoder().decode(bytes)) ?? {};
  } catch (error) {
    throw new DropError(`${prefix}manifest.json is not JSON: ${(error as Error).message}.`, { prefix });
  }
  const names: unknown[] | undefined = Array.isArray(manifest.files)
    ? manifest.files
    : Array.isArray(manifest.entries)
      ? manifest.entries.map((entry: { url?: unknown }) =>
          String(entry?.url ?? "")
            .split("/")
            .at(-1),
        )
      : undefined;
  return names?.map((name) => `${prefix}${String(name)}`);
}
