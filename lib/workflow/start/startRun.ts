import { contentId } from "../../domain/text/hash.ts";
import { DropError, isCompletionMarker, keysOfFolder } from "../lake/completedFolder.ts";
import { INCOMING_PREFIX, STREAM_PREFIX } from "../lake/layout.ts";
import type { DroppedObject } from "../steps/state.ts";
import { begin, type StartedRun, type StartRunPorts } from "./beginRun.ts";
import { type StreamEvent, startStreamRun } from "./streamRun.ts";

/** Step Functions' limit for an execution's name is 80; the digest has 16 and a hyphen. */
const MAX_SLUG_CHARACTERS = 60;

/** What S3 says about a new object, by way of EventBridge. */
export interface ObjectCreatedEvent {
  readonly detail: {
    readonly bucket: { readonly name: string };
    readonly object: {
      /** As it is: EventBridge's events carry raw keys. Only S3's own notifications (SNS, SQS, Lambda) encode them. */
      readonly key: string;
      readonly size?: number;
      readonly etag?: string;
      readonly "version-id"?: string;
      /** Grows with every write of a key. */
      readonly sequencer?: string;
    };
  };
}

/** A scheduled request to segment the history as it is. */
export interface RefreshEvent {
  /** ISO timestamp for which the schedule fired. */
  readonly refreshAt: string;
}

/** What a new object asks for: nothing, itself as a drop, or its whole folder. */
export type DropDecision =
  | { readonly kind: "ignore"; readonly reason: string }
  | { readonly kind: "file"; readonly key: string }
  | { readonly kind: "folder"; readonly prefix: string; readonly marker: string };

/**
 * Starts the run that an event asks for. The same event twice starts one run; the same key written again starts
 * another.
 * @throws DropError for a folder without files, or two of the same name.
 */
export async function startRun(
  ports: StartRunPorts,
  event: ObjectCreatedEvent | RefreshEvent | StreamEvent,
): Promise<StartedRun> {
  const { statusOf } = ports;
  if ("streamAt" in event) {
    if (statusOf === undefined) return { outcome: "ignored", detail: "there is no stream in this deployment" };
    return startStreamRun({ ...ports, statusOf });
  }
  if ("refreshAt" in event) {
    return begin(ports, `refresh-${event.refreshAt.replace(/[^0-9TZ]/g, "").slice(0, 20)}`, { objects: [] });
  }
  const { key } = event.detail.object;
  if (statusOf !== undefined && key.startsWith(STREAM_PREFIX)) {
    return { outcome: "ignored", detail: `${key} is part of the stream, which has a schedule` };
  }
  const decision = decideDrop(key, event.detail.object.size);
  if (decision.kind === "ignore") return { outcome: "ignored", detail: decision.reason };
  if (decision.kind === "file") return begin(ports, executionName(event), { objects: droppedObjects([decision.key]) });
  const objects = droppedObjects(await keysOfFolder(ports.store, decision));
  const folders = [decision.prefix.slice(INCOMING_PREFIX.length)];
  return begin(ports, executionName(event), { objects, folders });
}

/** A file at the top of incoming/ is a drop by itself; in a folder, the completion marker is what counts. */
export function decideDrop(key: string, bytes?: number): DropDecision {
  if (!key.startsWith(INCOMING_PREFIX)) return { kind: "ignore", reason: `${key} is not in ${INCOMING_PREFIX}` };
  if (key.endsWith("/")) return { kind: "ignore", reason: `${key} is a folder` };
  const segments = key.slice(INCOMING_PREFIX.length).split("/");
  const name = segments.at(-1) as string;
  if (segments.length > 1 && isCompletionMarker(name)) {
    return { kind: "folder", prefix: key.slice(0, -name.length), marker: key };
  }
  if (/^[._]/.test(name)) return { kind: "ignore", reason: `${key} is hidden` };
  if (segments.length > 1) return { kind: "ignore", reason: `${key} is part of a folder that is not complete yet` };
  if (bytes === 0) return { kind: "ignore", reason: `${key} is empty` };
  return { kind: "file", key };
}

/** Name of the execution, unique per write of a key: letters, digits and `-_.`, at most 80. */
export function executionName({ detail: { bucket, object } }: ObjectCreatedEvent): string {
  const { key } = object;
  // Without versions, two writes of the same bytes differ by the sequencer alone.
  const version = object["version-id"] ?? [object.etag ?? "", object.sequencer ?? ""];
  const slug = key
    .slice(INCOMING_PREFIX.length)
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+|-+$/g, "")
    .slice(0, MAX_SLUG_CHARACTERS);
  return `${slug === "" ? "drop" : slug}-${contentId({ bucket: bucket.name, key, version }, 16)}`;
}

/** The objects of a drop and the names by which the ledger knows them. @throws DropError for two of one name. */
export function droppedObjects(keys: readonly string[]): DroppedObject[] {
  const objects = keys.map((key) => ({ key, source: key.slice(INCOMING_PREFIX.length).replace(/\.(gz|zst)$/i, "") }));
  const seen = new Set<string>();
  for (const { source } of objects) {
    if (seen.has(source))
      throw new DropError(`Two objects of the drop are both "${source}"; rename one of them.`, { source });
    seen.add(source);
  }
  return objects;
}
