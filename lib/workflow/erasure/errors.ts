import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectErasure } from "./types.ts";

/** The id still stands for a customer somewhere: the erasure is not done. */
export class ErasureFailedError extends SegmentationError {
  constructor(places: readonly string[]) {
    super(
      "ERASURE_FAILED",
      `The customer is still in ${places.join(", ")}. Run the same command again; if it stays so, remove these by hand.`,
      { places },
    );
  }
}

/** Something came in between: of what is erased, a part is gone, and nobody has searched for the rest. */
export class ErasureCutShortError extends SegmentationError {
  constructor(erasureId: string, cause: unknown) {
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/\.$/, "");
    super(
      "ERASURE_CUT_SHORT",
      `The erasure ${erasureId} was begun and is not complete: ${reason}. The customer may still be in the lake; run the same command again.`,
      { erasureId },
      { cause },
    );
  }
}

/**
 * Tells of an erasure that ends between its beginning and its proof.
 * @param work calls `begun` before it changes anything.
 * @throws ErasureCutShortError, and what `work` throws before that or as its verdict.
 */
export async function toldWhenCutShort<Result>(
  work: (begun: (erasureId: string) => void) => Promise<Result>,
): Promise<Result> {
  let begunId: string | undefined;
  try {
    return await work((erasureId) => {
      begunId = erasureId;
    });
  } catch (error) {
    if (begunId === undefined || error instanceof ErasureFailedError) throw error;
    throw new ErasureCutShortError(begunId, error);
  }
}

/** The lake knows nobody of that id. */
export class UnknownCustomerError extends SegmentationError {
  constructor({ filesSearched, elsewhere }: Pick<ObjectErasure, "filesSearched" | "elsewhere">) {
    const places = Object.keys(elsewhere).length;
    const other = places === 0 ? "nor its text" : `though its text stands in ${places} of them as something else`;
    super(
      "UNKNOWN_CUSTOMER",
      `No customer of this id is in the ${filesSearched} files of the lake, ${other}; nothing was changed. Ids are kept without blanks around them and without a spreadsheet's apostrophe or ="…", e-mail addresses in lower case: give the id as segments.csv has it.`,
    );
  }
}
