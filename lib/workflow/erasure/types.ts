import type { AffectedSource } from "../../domain/audience/erasure.ts";
import type { ObjectStore } from "../../ports.ts";
import type { CsvRows, ParquetRows } from "./parquetRows.ts";

/** What a file has of a customer. */
export interface Found {
  /** Values of the customer: of columns and names that are customers'. */
  readonly customers: number;
  /** Places where the id's text stands as something else. */
  readonly places: number;
}

/** Looks for an id in files of this machine, decoded to their values; by other code than what erases. */
export interface FileSearch {
  /** A file of the lake's own. @param key tells what it is. */
  own(path: string, key: string, id: string): Promise<Found>;
  /** Places in a file as somebody delivered it, of whatever format; rejects what cannot be looked into. */
  delivered(path: string, id: string): Promise<number>;
}

/** What erases from files of this machine and searches them. */
export interface ErasureFiles {
  readonly parquet: ParquetRows;
  readonly csv: CsvRows;
  /** Places of an id in a file as somebody dropped it, of whatever format; rejects what cannot be looked into. */
  readonly countInDropped: (path: string, id: string) => Promise<number>;
  readonly search: FileSearch;
}

export interface ErasureTask extends ErasureFiles {
  readonly store: ObjectStore;
  /** As `erasedIdOf` gives it. */
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
