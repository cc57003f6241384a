import { SegmentationError } from "./errors.ts";

/** A key under which nothing is stored. */
export class ObjectNotFoundError extends SegmentationError {
  constructor(key: string) {
    super("OBJECT_NOT_FOUND", `There is no object ${key} in the lake.`, { key });
  }
}

/** A conditional write met an object that should not exist yet. */
export class ObjectExistsError extends SegmentationError {
  constructor(key: string) {
    super("OBJECT_EXISTS", `${key} is in the lake already; it is never overwritten.`, { key });
  }
}

/** A conditional write met an object that somebody else has changed meanwhile. */
export class ObjectChangedError extends SegmentationError {
  constructor(key: string) {
    super("OBJECT_CHANGED", `${key} was changed by somebody else meanwhile; read it again and repeat.`, { key });
  }
}

/** A key that would leave the lake or that no store can hold. */
export class InvalidKeyError extends SegmentationError {
  constructor(key: string) {
    super(
      "INVALID_KEY",
      `${JSON.stringify(key.slice(0, 200))} is not a usable key: keys are relative, without "..", backslash or control characters.`,
      { key },
    );
  }
}

/** Whether a conditional write failed because somebody else wrote first. */
export function isCollision(error: unknown): boolean {
  return error instanceof ObjectChangedError || error instanceof ObjectExistsError;
}
