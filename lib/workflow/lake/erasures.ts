import type { AffectedSource, ErasureRecord } from "../../domain/audience/erasure.ts";
import type { ObjectStore } from "../../ports.ts";
import { readJson, writeJson } from "./json.ts";

const ERASURES_PREFIX = "erasures/";
const SALT_KEY = `${ERASURES_PREFIX}salt.json`;
const RECORDS_PREFIX = `${ERASURES_PREFIX}customers/`;
const APPLIED_PREFIX = `${ERASURES_PREFIX}applied/`;

/** An erasure that was begun, and of which nobody has seen the end: the customer may still be somewhere. */
export type UnprovenErasure = Pick<ErasureRecord, "erasureId" | "erasedAt">;

/** By what a reader recognises erased customers. */
export interface ErasedCustomers {
  readonly salt: string;
  readonly digests: readonly string[];
  readonly unproven: readonly UnprovenErasure[];
}

/** Whom readers leave out; undefined in a lake where nobody was erased. */
export async function readErased(store: ObjectStore): Promise<ErasedCustomers | undefined> {
  const keys = await store.list(RECORDS_PREFIX);
  if (keys.length === 0) return undefined;
  const [{ salt }, records] = await Promise.all([
    readJson<{ salt: string }>(store, SALT_KEY),
    Promise.all(keys.map(({ key }) => readJson<ErasureRecord>(store, key))),
  ]);
  const unproven = records.filter(({ provenAt }) => provenAt === null);
  return { salt, digests: records.map((record) => record.customerDigest), unproven };
}

/** What to say of an erasure that was cut short. */
export const unprovenText = ({ erasureId, erasedAt }: UnprovenErasure): string =>
  `the erasure ${erasureId}, begun at ${erasedAt}, is not complete: the customer may still be in the lake; erase the same customer again`;

/** The lake's salt, made by `create` where there is none. */
export async function erasureSalt(store: ObjectStore, create: () => string): Promise<string> {
  if ((await store.head(SALT_KEY)) === undefined)
    await writeJson(store, SALT_KEY, { salt: create() }, { ifAbsent: true });
  return (await readJson<{ salt: string }>(store, SALT_KEY)).salt;
}

const recordKey = (erasureId: string): string => `${RECORDS_PREFIX}${erasureId}.json`;

/** Keeps the record of what is begun; of an erasure that is repeated the sources add up. @returns all of them. */
export async function recordErasure(
  store: ObjectStore,
  record: Omit<ErasureRecord, "provenAt">,
): Promise<readonly AffectedSource[]> {
  const key = recordKey(record.erasureId);
  const earlier = (await store.head(key)) === undefined ? undefined : await readJson<ErasureRecord>(store, key);
  const affected = [...(earlier?.affected ?? []), ...record.affected].sort(byName);
  const distinct = affected.filter((entry, i) => i === 0 || byName(entry, affected[i - 1] as AffectedSource) !== 0);
  const erasedAt = earlier?.erasedAt ?? record.erasedAt;
  await writeJson(store, key, { ...record, erasedAt, affected: distinct, provenAt: null } satisfies ErasureRecord);
  return distinct;
}

/** Notes that a search found nothing left of the customer. */
export async function recordProof(store: ObjectStore, erasureId: string, provenAt: Date): Promise<void> {
  const record = await readJson<ErasureRecord>(store, recordKey(erasureId));
  await writeJson(store, recordKey(erasureId), { ...record, provenAt: provenAt.toISOString() } satisfies ErasureRecord);
}

/** Of what a source was rid when it was read. */
export interface LeftOutSource {
  readonly source: string;
  /** The erasures of those whom it had; absent in records of the first releases. */
  readonly erasureIds?: readonly string[];
}

/** Keeps from which sources of a drop erased customers were left out. */
export async function recordLeftOut(
  store: ObjectStore,
  ingestId: string,
  sources: readonly LeftOutSource[],
): Promise<void> {
  await writeJson(
    store,
    `${APPLIED_PREFIX}${ingestId}.json`,
    sources.map((left) => ({ ingestId, ...left })),
  );
}

/**
 * Whom of those in their files these sources lack, as text for a run's identity: equal files, other results. It names
 * erasures, which are digests: however often a file came, before the erasure or after it, the text is the same.
 */
export async function erasuresWithin(store: ObjectStore, sources: readonly AffectedSource[]): Promise<string[]> {
  const objects = await store.list(ERASURES_PREFIX);
  if (objects.length === 0) return [];
  const nameOf = ({ ingestId, source }: AffectedSource): string => `${ingestId}/${source}`;
  const wanted = new Set(sources.map(nameOf));
  const found = objects
    .filter(({ key }) => key !== SALT_KEY)
    .map(async ({ key }) => {
      const content = await readJson<ErasureRecord | readonly (AffectedSource & LeftOutSource)[]>(store, key);
      const name = key.slice(key.lastIndexOf("/") + 1, -".json".length);
      const affected: readonly (AffectedSource & LeftOutSource)[] = "affected" in content ? content.affected : content;
      return affected
        .filter((entry) => wanted.has(nameOf(entry)))
        .flatMap(({ source, erasureIds = [name] }) => erasureIds.map((id) => `${source} ${id}.json`));
    });
  return [...new Set((await Promise.all(found)).flat())].sort();
}

const byName = (a: AffectedSource, b: AffectedSource): number =>
  a.ingestId < b.ingestId ? -1 : a.ingestId > b.ingestId ? 1 : a.source < b.source ? -1 : a.source > b.source ? 1 : 0;
