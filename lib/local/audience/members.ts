import { createHash, randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import { extname } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import type { AudienceFilter } from "../../domain/audience/audience.ts";
import type { HoldoutGroup } from "../../domain/audience/holdout.ts";
import type { Loss } from "../../domain/audience/losses.ts";
import { contentId } from "../../domain/text/hash.ts";
import type { ObjectStore } from "../../ports.ts";
import { erasureSalt } from "../../workflow/lake/erasures.ts";
import { readJson, writeJson } from "../../workflow/lake/json.ts";
import { EXPORTS_PREFIX, exportMembersKey, exportRecordKey } from "../../workflow/lake/layout.ts";

/** An audience as it is exported again and again: to the same place, with the same people asked for. */
export interface Audience {
  readonly to: string;
  readonly filter: AudienceFilter;
  readonly campaign: string;
}

/** `exports/<audience>/<time>.json`: that an export was made. */
export interface ExportRecord extends Audience {
  /** ISO timestamp. */
  readonly exportedAt: string;
  /** The account on the machine. */
  readonly exportedBy: string;
  readonly runId: string;
  readonly holdout: HoldoutGroup;
  readonly lines: number;
  readonly isOnlyChanges: boolean;
  /** Absent for plain files, which leave nothing out, and in records of earlier releases. */
  readonly leftOut?: LeftOut;
}

/** Who and what of an audience is not in a tool's file: each customer, line and value is counted once. */
export interface LeftOut {
  readonly customers: { readonly heldOut: number; readonly notAllowed: number; readonly withoutContact: number };
  readonly lines: { readonly sharedWithHoldout: number; readonly sharedWithOther: number };
  readonly values: readonly Loss[];
}

/** How an audience changed since its last export. */
export interface ChangedMembers {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  /** Of those removed, people whom the run knows no more, so that nobody can be named. */
  readonly unnamed: number;
}

/** What an audience's last export held: a salted digest of each address, and a digest of its line. */
export interface MemberMemory {
  changes(lines: ReadonlyMap<string, string>): {
    /** Lines that are new or say something else now. */
    readonly lines: readonly string[];
    /** Digests of those who are gone. */
    readonly removed: ReadonlySet<string>;
    readonly counts: Omit<ChangedMembers, "unnamed">;
  };
  isOneOf(digests: ReadonlySet<string>, name: string): boolean;
  /** The bytes to keep of these members. */
  bytesOf(lines: ReadonlyMap<string, string>): Uint8Array;
}

const DIGEST_LENGTH = 24;
const digest = (text: string): string => createHash("sha256").update(text).digest("base64url").slice(0, DIGEST_LENGTH);

export const audienceId = ({ to, filter, campaign }: Audience): string => contentId({ to, filter, campaign });

/** Beside the file of what is new: those who left. */
export const removedOut = (out: string): string =>
  `${out.slice(0, out.length - extname(out).length)}.removed${extname(out)}`;

/** What is remembered of an audience; nothing of one that was never exported. */
export async function readMembers(store: ObjectStore, audience: Audience): Promise<MemberMemory> {
  const salt = await erasureSalt(store, () => randomBytes(32).toString("hex"));
  const key = exportMembersKey(audienceId(audience));
  const isKnown = (await store.head(key)) !== undefined;
  const text = isKnown ? gunzipSync(await store.read(key)).toString() : "";
  const before = new Map(
    text.split("\n").flatMap((line) => (line === "" ? [] : [line.split(" ") as [string, string]])),
  );
  const nameOf = (name: string): string => digest(`${salt}\n${name}`);
  return {
    changes(lines) {
      const left = new Set(before.keys());
      const written: string[] = [];
      let added = 0;
      for (const [name, line] of lines) {
        const known = nameOf(name);
        const earlier = before.get(known);
        left.delete(known);
        if (earlier === digest(`${salt}\n${line}`)) continue;
        written.push(line);
        if (earlier === undefined) added++;
      }
      return { lines: written, removed: left, counts: { added, changed: written.length - added, removed: left.size } };
    },
    isOneOf: (digests, name) => digests.has(nameOf(name)),
    bytesOf: (lines) =>
      gzipSync(
        [...lines]
          .map(([name, line]) => `${nameOf(name)} ${digest(`${salt}\n${line}`)}\n`)
          .sort()
          .join(""),
      ),
  };
}

/** Remembers what an export held, once its file is written: an export that failed changes nothing. */
export async function recordExport(
  store: ObjectStore,
  audience: Audience,
  done: Pick<ExportRecord, "runId" | "holdout" | "lines" | "isOnlyChanges" | "leftOut"> & {
    readonly members?: { readonly memory: MemberMemory; readonly lines: ReadonlyMap<string, string> };
    readonly now: Date;
  },
): Promise<void> {
  const { members, now, ...facts } = done;
  const id = audienceId(audience);
  if (members !== undefined) await store.write(exportMembersKey(id), members.memory.bytesOf(members.lines));
  const exportedAt = now.toISOString();
  const record: ExportRecord = { ...audience, exportedAt, exportedBy: userInfo().username, ...facts };
  await writeJson(store, exportRecordKey(id, exportedAt), record);
}

/** The exports of a lake, the newest first. */
export async function listExports(store: ObjectStore): Promise<ExportRecord[]> {
  const keys = (await store.list(EXPORTS_PREFIX)).map(({ key }) => key).filter((key) => key.endsWith(".json"));
  const records = await Promise.all(keys.map((key) => readJson<ExportRecord>(store, key)));
  return records.sort((a, b) => (a.exportedAt < b.exportedAt ? 1 : -1));
}
