import type { AffectedSource } from "../../domain/audience/erasure.ts";
import type { ObjectStore } from "../../ports.ts";
import type { ParquetRows } from "./parquetRows.ts";
export interface ErasureTask {
  readonly store: ObjectStore;
  readonly parquet: ParquetRows;
  /** Places of an id in a file as somebody dropped it, of whatever format; rejects what cannot be looked into. */
  readonly countInDropped: (path: string, id: string) => Promise<number>;
  readonly customerId: string;
  /** Which objects are searched. */
  readonly isSearched: (key: string) => boolean;
  /** Prefixes that are listed; default the whole store. */
  readonly prefixes?: readonly string[];
  /** Folders of this machine for one batch of objects. */
  readonly scratch: { open(): Promise<string>; remove(directory: string): Promise<void> };
  /** Only says what would be done. */
  readonly isTrial: boolean;
  /** Sources that are known to hold the customer: the files that they were dropped as go. */
  readonly known?: readonly AffectedSource[];
  /** Hears of sources before their rows are rewritten. */
  readonly onAffected?: (affected: readonly AffectedSource[]) => Promise<void>;
}

export interface ObjectErasure {
  /** Keys of objects that were written anew without the customer. */
  readonly rewritten: readonly string[];
  /** Keys of objects that could not be, and are gone: files as dropped, pages. */
  readonly removed: readonly string[];
  /** Keys of files as dropped that are damaged or encrypted: whether the customer is in them, nobody can say. */
  readonly unreadable: readonly string[];
  /** Sources whose raw rows held the customer. */
  readonly affected: readonly AffectedSource[];
  readonly filesSearched: number;
  readonly bytesSearched: number;
  /** Places where the same text is something else (a number, a product code), by key. */
  readonly elsewhere: Readonly<Record<string, number>>;
}
