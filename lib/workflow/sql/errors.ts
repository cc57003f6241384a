import { SegmentationError } from "../../domain/errors.ts";

/** A statement that does not exist, or that cannot be rendered from the parameters given. */
export class StatementError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("SQL_STATEMENT", message, context);
  }
}

/** A parameter of a statement that is unknown, missing, superfluous or not of its form. */
export class StatementParameterError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}, options?: ErrorOptions) {
    super("SQL_PARAMETER", message, context, options);
  }
}
