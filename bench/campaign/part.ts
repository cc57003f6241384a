/** A kind of tries of the campaign. Try N is the same whenever it is made, so a campaign can go on where it ended. */
export interface Part {
  readonly name: string;
  /** How many tries are enough. */
  readonly tries: { readonly quick: number; readonly full: number };
  /** How many tries one call of `attempt` makes. Default 1. */
  readonly batch?: number;
  /** @param folder empty, of this part alone; it is removed afterwards */
  open(folder: string): Promise<Trial>;
}

/** A part that is set up. */
export interface Trial {
  /** Makes the tries from a number on. @returns what failed; undefined where nothing did */
  attempt(number: number): Promise<string | undefined>;
  close?(): Promise<void>;
}
