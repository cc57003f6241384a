import type { Finding } from "../../domain/quality/quality.ts";
import type { ScratchEngine } from "../engine.ts";
import type { LoadedFile } from "../load/loadedTable.ts";
import { countUnreadCells } from "../values/fileColumns.ts";
import type { ValuePlan } from "../values/valuePlan.ts";

/**
 * Says how many cells hold no number in columns that the settings name as such.
 * @param limit share of a column's filled cells; of more than that the file is refused.
 * @throws UnreadCellsError
 */
export async function unreadCellFindings(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  planOf: (file: LoadedFile) => ValuePlan,
  limit: number,
): Promise<Finding[]> {
  const unread = await countUnreadCells(engine, files, planOf, limit);
  return unread.map(({ name, column, cells, filled }) => ({
    level: "warn",
    message: `${cells.toLocaleString("en-US")} of ${filled.toLocaleString("en-US")} values of column ${JSON.stringify(column)} (fileColumns.${name}) ${cells === 1 ? "is no number" : "are no numbers"}: these lines have no value there.`,
  }));
}
