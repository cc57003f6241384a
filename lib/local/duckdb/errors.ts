import { SegmentationError } from "../../domain/errors.ts";

/** The lake's catalog is open in another process; it may be tried again once that one is done. */
export class LakeBusyError extends SegmentationError {
  constructor(catalogPath: string, processId: number | undefined, options?: ErrorOptions) {
    const holder = processId === undefined ? "another process" : `process ${processId}`;
    super(
      "LAKE_BUSY",
      `The lake is in use by ${holder}: ${catalogPath} is locked.`,
      { catalogPath, processId },
      options,
    );
  }
}

/** A path that the engine would read something else from. */
export class LakePathError extends SegmentationError {
  constructor(path: string) {
    super(
      "LAKE_PATH",
      `The lake's path ${path} has a question mark, behind which the database expects parameters: give the folder another name.`,
      { path },
    );
  }
}

/** A catalog that the system does not let the engine write to. */
export class CatalogReadOnlyError extends SegmentationError {
  constructor(catalogPath: string, options?: ErrorOptions) {
    super(
      "LAKE_READ_ONLY",
      `The lake's catalog ${catalogPath} cannot be written: its file system is read-only, or this user may not write there. rfm query, rfm customers and rfm export read such a lake; for all else, copy it to another place or change its rights.`,
      { catalogPath },
      options,
    );
  }
}

/** The engine refused or failed a statement. */
export class SqlEngineError extends SegmentationError {
  constructor(statement: string, reason: string, options?: ErrorOptions) {
    super("SQL_ENGINE", `The SQL statement ${statement} failed: ${reason}`, { statement }, options);
  }
}

/** An UNLOAD whose target folder already holds something; nothing was written. */
export class UnloadTargetNotEmptyError extends SegmentationError {
  constructor(statement: string, uri: string) {
    super("UNLOAD_TARGET_NOT_EMPTY", `The SQL statement ${statement} writes to ${uri}, which is not empty.`, {
      statement,
      uri,
    });
  }
}
