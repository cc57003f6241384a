/**
 * Base of every error that a user may see: a stable `code`, a sentence that names what is wrong and what to do,
 * and the facts it was built from (never personal data beyond ids).
 */
export class SegmentationError extends Error {
  readonly code: string;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, context: Record<string, unknown> = {}, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
    this.context = context;
  }
}
