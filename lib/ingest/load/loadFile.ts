import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { openFile } from "../containers/openFile.ts";
import { loadText } from "../text/loadText.ts";
import type { DropFile } from "../types.ts";
import { loadWorkbook } from "../workbook/loadWorkbook.ts";
import { withDateParts } from "./dateParts.ts";
import type { TableGatherer } from "./gatherTables.ts";
import type { LoadedTable, LoadOptions } from "./loadedTable.ts";
import { loadParquet } from "./loadParquet.ts";
import { withoutPageRows } from "./pageRows.ts";
import type { Refusals } from "./refusals.ts";

/**
 * Loads one dropped file, which may hold several tables (an archive its members, a workbook its sheets): unpacks it,
 * tells what each part is and makes it a relation of text columns. `index` numbers the files of a drop. What is wrong
 * with one part keeps no other from being read.
 */
async function* loadFile(
  file: DropFile,
  index: number,
  options: LoadOptions,
  refusals: Refusals,
): AsyncGenerator<LoadedTable> {
  let part = 0;
  const scratch = (name: string) => join(options.scratchDirectory, `f${index}.${name}`);
  for await (const opened of openFile(file, scratch)) {
    const table = `t${index}_${part++}`;
    const scratchDirectory = join(options.scratchDirectory, table);
    await mkdir(scratchDirectory);
    const own = { ...options, scratchDirectory };
    const pages = async (loaded: LoadedTable): Promise<LoadedTable> =>
      withDateParts(options.engine, await withoutPageRows(options.engine, loaded));
    const read = async function* (): AsyncGenerator<LoadedTable> {
      if (opened.kind === "workbook")
        for await (const sheet of loadWorkbook(opened, table, own)) yield await pages(sheet);
      else if (opened.kind === "parquet")
        yield await withDateParts(options.engine, await loadParquet(opened, table, own));
      else yield await pages(await loadText(opened, table, own));
    };
    try {
      yield* read();
    } catch (error) {
      refusals.add(error);
    }
    // The rows are in the engine: a drop of many parts needs the room for one at a time.
    await rm(scratchDirectory, { recursive: true, force: true });
    if (!opened.isAsDropped) await rm(opened.path, { force: true });
  }
}

/**
 * Loads the files of a drop, one after the other, and gathers their tables; `refusals` gets every `IngestError` but
 * those about columns, dates and numbers.
 * @throws OverBudgetError, and what is no `IngestError`
 */
export async function loadFiles(
  files: readonly DropFile[],
  options: LoadOptions,
  { gatherer, refusals }: { readonly gatherer: TableGatherer; readonly refusals: Refusals },
): Promise<void> {
  for (const [index, file] of files.entries()) {
    const tables = loadFile(file, index, options, refusals);
    for (;;) {
      const next = await refusals.attempt(() => tables.next());
      if (next === undefined || next.done === true) break;
      await gatherer.add(next.value);
    }
  }
}
