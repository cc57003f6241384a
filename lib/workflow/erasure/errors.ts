import { SegmentationError } from "../../domain/errors.ts";
import type { ObjectErasure } from "./eraseFromObjects.ts";

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

/** The lake knows nobody of that id. */
export class UnknownCustomerError extends SegmentationError {
  constructor({ filesSearched, elsewhere }: Pick<ObjectErasure, "filesSearched" | "elsewhere">) {
    const places = Object.keys(elsewhere).length;
    const other = places === 0 ? "nor its text" : `though its text stands in ${places} of them as something else`;
    super(
      "UNKNOWN_CUSTOMER",
      `No customer of this id is in the ${filesSearched} files of the lake, ${other}; nothing was changed.`,
    );
  }
}
