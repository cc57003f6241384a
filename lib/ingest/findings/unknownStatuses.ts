import { meaningOfStatus, type StatusPatterns } from "../../domain/quality/statuses.ts";
import type { ScratchEngine } from "../engine.ts";
import { UnknownStatusesError } from "../errors.ts";
import { kindOf } from "../evidence/words/kindWords.ts";
import type { LoadedFile } from "../load/loadedTable.ts";

/** So few rows, or so small a share, may be slips or rare states: they are kept, and named in the report. */
const FEW_ROWS = 3;
const FEW_SHARE = 0.0005;
const MAX_WORDS = 200;
const MAX_NAMED = 6;

const decimal = (column: string): string => `try_cast(${column} as decimal(18, 4))`;
const WORTH = `coalesce(${decimal("amount")}, try_cast(${decimal("quantity")} * ${decimal("unit_price")} as decimal(38, 4)))`;

/** A word for `--rows` within double quotes of a shell. */
const shellWord = (word: string): string => word.replace(/["$`\\]/g, "\\$&");

/**
 * Asks what statuses mean that no rule knows, where they cover more than a few rows: they may cancel.
 * @param canonical query of the canonical rows.
 * @throws UnknownStatusesError with their rows and money, and the `--rows` that takes all that count.
 */
export async function refuseUnknownStatuses(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  canonical: string,
  patterns: StatusPatterns,
): Promise<void> {
  const [file] = files.filter(({ mapping }) => mapping.columns.status !== undefined);
  const column = file?.mapping.columns.status;
  if (file === undefined || column === undefined) return;
  const rows = await engine.rows(
    `select order_status, cast(count(*) as double), cast(coalesce(sum(${WORTH}), 0) as double), cast(sum(count(*)) over () as double)
     from (${canonical}) where order_status is not null group by 1 order by 2 desc, 1 limit ${MAX_WORDS}`,
  );
  const statuses = rows.map(([word, count, worth]) => ({
    word: String(word),
    rows: Number(count),
    worth: Number(worth),
    meaning: meaningOfStatus(String(word), patterns),
  }));
  // "Sale" is no state, but says what its row is.
  const unknown = statuses.filter(({ word, meaning }) => meaning === "unknown" && kindOf(word) === "unknown");
  const covered = unknown.reduce((sum, one) => sum + one.rows, 0);
  if (covered <= Math.max(FEW_ROWS, FEW_SHARE * Number(rows[0]?.[3]))) return;
  const said = unknown
    .slice(0, MAX_NAMED)
    .map(
      ({ word, rows: n, worth }) =>
        `${JSON.stringify(word)} ${n.toLocaleString("en-US")} rows worth ${worth.toFixed(2)}`,
    );
  const counting = statuses
    .filter(({ meaning }) => meaning === "unknown" || meaning === "kept")
    .map(({ word }) => word);
  const name = /[=|]/.test(column.column) ? String(column.position) : column.column;
  const flag = `--rows "${shellWord(`${name}=${counting.join("|")}`)}"`;
  throw new UnknownStatusesError(file.opened.source, column.column, said.join(", "), flag);
}
