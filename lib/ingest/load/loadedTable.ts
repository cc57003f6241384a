import type { MappingResult } from "../columns/columnMapping.ts";
import type { OpenedFile } from "../containers/openFile.ts";
import type { ScratchEngine } from "../engine.ts";
import type { EncodingDoubt } from "../text/guess/guessEncoding.ts";
import type { TableLayout } from "../text/tableLayout.ts";
import type { Encoding, FileFormat, ReadingOptions, UnreadableLine } from "../types.ts";

/** Rows of many small tables with the same columns: `source, part, line_number, c0, c1, …, unreadable`. */
export interface GatheredRows {
  /** Its name in the engine. */
  readonly table: string;
  /** How many tables have been gathered in it. */
  parts: number;
}

/** A file whose records are a relation of the scratch engine, every column text. */
export interface LoadedTable {
  readonly opened: OpenedFile;
  readonly format: FileFormat;
  readonly contentHash: string;
  readonly encoding: Encoding;
  /** Other encodings are nearly as likely, and none of the names of the columns tells them apart. */
  readonly doubt?: EncodingDoubt;
  readonly layout: TableLayout;
  /** Columns line_number (unique within the source), c0, c1, …, unreadable. */
  readonly relation: string;
  /** The table, or view of a file, in the engine that the relation is made of. */
  readonly engineTable: string;
  /** Where its rows lie among those of other tables. */
  readonly gathered?: { readonly into: GatheredRows; readonly part: number };
  /** 0-based columns that the file itself calls numbers: no mark in them is in doubt. */
  readonly numericColumns?: ReadonlySet<number>;
  readonly rows: number;
  readonly unreadableRows: number;
  readonly unreadable: readonly UnreadableLine[];
  readonly notes: readonly string[];
}

/** A loaded table whose columns have roles. */
export interface LoadedFile extends LoadedTable {
  readonly mapping: MappingResult;
}

export interface LoadOptions extends ReadingOptions {
  readonly engine: ScratchEngine;
  readonly scratchDirectory: string;
  readonly maxUnreadableListed: number;
}
