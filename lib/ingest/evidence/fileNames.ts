import type { ColumnQuestion } from "../columns/columnQuestions.ts";
import { normaliseName } from "../columns/recogniseColumns.ts";
import { AmbiguousColumnError } from "../errors.ts";
import type { LoadedTable } from "../load/loadedTable.ts";
import type { RowReading } from "./answers/rowReading.ts";

const RETURNS =
  /\b(returns?|returned|refunds?|refunded|credit (notes?|memos?)|chargebacks?|cancellations?|cancelled|canceled|retouren?|gutschriften?|stornos?|erstattungen|retours|avoirs?|remboursements?|annulations?|devoluciones|reembolsos?|devolucoes|resi|rimborsi|retourzendingen|returer|zwroty|iadeler|возвраты)\b|退款|退货|返品|환불|반품/;

/**
 * The question about a file that its name alone calls returns; undefined where something else tells, or an answer does.
 */
export function askFileName({ opened: { source } }: LoadedTable, reading: RowReading): ColumnQuestion | undefined {
  const file = source.split("/").at(-1) ?? source;
  const isSettled = reading.returns !== undefined || reading.purchases !== undefined;
  if (isSettled || !RETURNS.test(normaliseName(file.replace(/\.[a-z]+$/i, "")))) return undefined;
  const quoted = `"file=${file.replace(/["$`\\|]/g, "*")}"`;
  const flags = [`--return-rows ${quoted}`, `--rows "file=*"`];
  const message = `${source}: the name of the file speaks of returns, and its rows do not. If they are returns: ${flags[0]}; if all files hold purchases: ${flags[1]}.`;
  const error = new AmbiguousColumnError("RETURNS_BY_FILE_NAME", message, { source });
  return { error, roles: [], flags };
}
