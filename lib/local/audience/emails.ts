import { existsSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { customerIdOf } from "../../domain/customerId.ts";
import { SegmentationError } from "../../domain/errors.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

/** A file of addresses that cannot be read. Its message never quotes the file: what stands there is personal. */
export class EmailFileError extends SegmentationError {
  constructor(path: string, reason: string) {
    super("EMAIL_FILE", `${path} cannot be used: ${reason}`, { path });
  }
}

const ID_NAMES = /^(customer|customer[ _-]?id|id)$/i;
const EMAIL_NAMES = /^(e[ -]?mail|(customer[ _-]?)?e[ -]?mail([ _-]?address)?)$/i;

/**
 * Addresses by customer id, out of a CSV file with a column of ids and one of addresses (`customer_id,email`). A customer may have
 * several. Ids are read as the lake reads them: `17850.0` is `17850`.
 * @throws EmailFileError
 */
export async function readEmails(path: string): Promise<ReadonlyMap<string, readonly string[]>> {
  if (!existsSync(path)) throw new EmailFileError(path, "there is no such file.");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const emails = new Map<string, string[]>();
  try {
    const result = await connection.stream(
      `select * from read_csv(${quoteLiteral(path)}, header = true, all_varchar = true, quote = '"', escape = '"')`,
    );
    const [id, email] = columnsOf(path, result.columnNames());
    for await (const rows of result.yieldRowsJs()) {
      for (const row of rows) add(emails, row[id], row[email]);
    }
    return emails;
  } catch (error) {
    if (error instanceof EmailFileError) throw error;
    // Without the cause: the engine's message quotes the line.
    const line = /line:? (\d+)/i.exec((error as Error).message)?.[1];
    throw new EmailFileError(path, `it is no CSV file${line === undefined ? "" : `; line ${line} cannot be read`}.`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function columnsOf(path: string, names: readonly string[]): [number, number] {
  const id = names.findIndex((name) => ID_NAMES.test(name.trim()));
  const email = names.findIndex((name) => EMAIL_NAMES.test(name.trim()));
  // A file without a header line has an address where a name should be.
  if (id >= 0 && email >= 0) return [id, email];
  throw new EmailFileError(path, "its first line must name a column customer_id and a column email.");
}

function add(emails: Map<string, string[]>, id: unknown, address: unknown): void {
  if (typeof id !== "string" || typeof address !== "string") return;
  const customerId = customerIdOf(id);
  if (customerId === undefined) return;
  const known = emails.get(customerId);
  if (known === undefined) emails.set(customerId, [address]);
  else known.push(address);
}
