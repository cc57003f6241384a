import type { MappingResult } from "../columns/columnMapping.ts";
import type { OpenedFile } from "../containers/openFile.ts";
import type { ScratchEngine } from "../engine.ts";
import type { TableLayout } from "../text/tableLayout.ts";
import type { Encoding, FileFormat, ReadingOptions, UnreadableLine } from "../types.ts";
/** A file whose records are a relation of the scratch engine, every column text. */
export interface LoadedTable {
  readonly opened: OpenedFile;
  readonly format: FileFormat;
  readonly contentHash: string;
  readonly encoding: Encoding;
  readonly layout: TableLayout;
  /** Columns line_number (unique within the source), c0, c1, …, unreadable. */
  readonly relation: string;
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
