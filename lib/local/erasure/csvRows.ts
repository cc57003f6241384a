import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { csvSplitter } from "../../domain/text/csv.ts";
import type { CsvRows } from "../../workflow/erasure/parquetRows.ts";
import { customerRecords } from "../../workflow/erasure/prune.ts";

/** The records of a CSV file of the lake's own, some at a time; its header is the first. */
async function* recordsOf(path: string): AsyncGenerator<string[]> {
  const splitter = csvSplitter();
  for await (const part of createReadStream(path, "utf8")) yield splitter.push(part as string);
  yield splitter.end();
}

/** CSV files of any size, record by record. */
export const csvRows: CsvRows = {
  async writeWithout(path, target, customerId) {
    const file = await open(target, "w");
    try {
      let isCustomer: ReturnType<typeof customerRecords> | "unknown" = "unknown";
      let leftOut = 0;
      for await (const records of recordsOf(path)) {
        const [header] = records;
        if (header === undefined) continue;
        const first = isCustomer === "unknown" ? records.slice(0, 1) : [];
        if (isCustomer === "unknown") isCustomer = customerRecords(header, customerId);
        if (isCustomer === undefined) return 0;
        const isOfCustomer = isCustomer;
        const others = records.slice(first.length).filter((record) => !isOfCustomer(record));
        leftOut += records.length - first.length - others.length;
        await file.writeFile([...first, ...others].join(""));
      }
      return leftOut;
    } finally {
      await file.close();
    }
  },
};
