import { IngestError } from "../../errors.ts";

/** Numbers of which a spreadsheet has cut the digits. */
export class CutNumbersError extends IngestError {
  constructor(source: string, column: string, found: readonly string[]) {
    super(
      "CUT_NUMBERS",
      `${source}: column ${JSON.stringify(column)} has numbers that a spreadsheet has cut to scientific notation (${found.join(", ")}): their last digits are gone. Export the file again with the column as a number with all its digits.`,
      { source, column },
    );
  }
}

/** Units of one measure in one column, such as grams and kilograms: quantities that cannot be compared. */
export class MixedUnitsError extends IngestError {
  constructor(source: string, column: string, found: readonly string[]) {
    super(
      "MIXED_UNITS",
      `${source}: column ${JSON.stringify(column)} has quantities in several units of one measure (${found.join(", ")}), and the price may be for either. Bring them to one unit in the file, or name a column of what each line is worth with --map amount=COLUMN.`,
      { source, column },
    );
  }
}

/** Amounts with the side of a ledger beside them. */
export class LedgerSidesError extends IngestError {
  constructor(source: string, column: string, found: readonly string[]) {
    super(
      "LEDGER_SIDES",
      `${source}: column ${JSON.stringify(column)} says of amounts on which side of a ledger they stand (${found.join(", ")}), and which side is a sale depends on whose ledger it is. Keep the rows that are sales, or give what was paid back a minus, and leave the marks out.`,
      { source, column },
    );
  }
}
