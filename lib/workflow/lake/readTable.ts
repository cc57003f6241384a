import { SegmentationError } from "../../domain/errors.ts";
import { toTenThousandths } from "../../domain/money.ts";
import { compareUtf8 } from "../../domain/text/utf8Order.ts";
import type { ObjectStore } from "../../ports.ts";
import type { Column, Columns, OrderedContract, RowOf } from "../../tables/contract.ts";
import { MARTS, type MartName, type MartRow } from "../../tables/marts.ts";
import { STAGES } from "../../tables/stages.ts";
import { tablePrefix } from "./layout.ts";
import { type Cell, type Row, readRows } from "./parquet.ts";

/** Files that are not as the table's contract says: of another version of the program, or changed by hand. */
export class TableMismatchError extends SegmentationError {
  constructor(prefix: string, column: string, found: string) {
    const message = `The files under ${prefix} have ${found} in the column ${column}. Run again, so that they are written anew.`;
    super("TABLE_MISMATCH", message, { prefix, column });
  }
}

/**
 * All rows under a prefix as the contract types them, in its order, however many files they are in; for small tables.
 * Decimals come as numbers with four decimals; sums that may be larger are text in the file, and stay text.
 * @throws TableMismatchError where a column is not there, or a cell is missing that must not be.
 */
export async function readTable<C extends Columns>(
  store: ObjectStore,
  { columns, order }: OrderedContract<C>,
  prefix: string,
): Promise<RowOf<C>[]> {
  const rows = await readRows(store, prefix);
  const names = Object.keys(columns);
  const decode = (row: Row): RowOf<C> =>
    Object.fromEntries(
      names.map((name) => [name, decodeCell(prefix, name, columns[name] as Column, row[name])]),
    ) as RowOf<C>;
  // What the order leaves open is decided by the other columns.
  const keys = [...order, ...names].map((key) => ({
    name: key.split(" ")[0] as string,
    isDescending: key.endsWith(" desc"),
  }));
  const compare = (a: RowOf<C>, b: RowOf<C>): number => {
    for (const { name, isDescending } of keys) {
      const [x, y] = [a[name] as Cell, b[name] as Cell];
      if (x !== y) return x === null || y === null || !isDescending ? compareCells(x, y) : compareCells(y, x);
    }
    return 0;
  };
  return rows.map(decode).sort(compare);
}

/** As the engines sort: texts by their bytes, missing cells last. */
function compareCells(a: Cell, b: Cell): number {
  if (a === null || b === null) return a === null ? (b === null ? 0 : 1) : -1;
  return typeof a === "string" && typeof b === "string" ? compareUtf8(a, b) : Number(a) - Number(b);
}

/** The rows of a mart of a run. @param prefix folder of the run's results. */
export const readMart = <Name extends MartName>(store: ObjectStore, name: Name, prefix: string) =>
  readNamed(store, name, MARTS[name], prefix) as Promise<MartRow<Name>[]>;

/** A table by its name, of this release or of one that had a statement for each. */
async function readNamed(
  store: ObjectStore,
  name: string,
  contract: OrderedContract,
  prefix: string,
): Promise<RowOf<Columns>[]> {
  const rows = await readTable<Columns>(store, contract, tablePrefix(prefix, name, contract.within));
  const isElsewhere = contract.within !== undefined && rows.length === 0;
  return isElsewhere ? readTable<Columns>(store, contract, tablePrefix(prefix, name)) : rows;
}

type StageName = keyof typeof STAGES;

/** The rows that a statement handed to a step. @param prefix folder of the ingest's or the run's results. */
export const readStage = <Name extends StageName>(store: ObjectStore, name: Name, prefix: string) =>
  readNamed(store, name, STAGES[name], prefix) as Promise<RowOf<(typeof STAGES)[Name]["columns"]>[]>;

function decodeCell(prefix: string, name: string, column: Column, cell: Cell | undefined): Cell {
  if (cell === undefined) throw new TableMismatchError(prefix, name, "nothing at all");
  if (cell === null) {
    if (!column.isNullable) throw new TableMismatchError(prefix, name, "a missing value");
    return null;
  }
  // The reader multiplies by 0.0001, which is off by an ulp; a division rounds right.
  return column.holds === "money" ? toTenThousandths(Number(cell)) / 10_000 : cell;
}
