import { existsSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { answerOf, type Contact, type ContactRow, contactOf } from "../../domain/audience/contact.ts";
import { customerIdOf } from "../../domain/customerId.ts";
import { SegmentationError } from "../../domain/errors.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

/** A file of contacts that cannot be used. Its message never quotes the file: what stands there is personal. */
export class ContactFileError extends SegmentationError {
  constructor(path: string, reason: string) {
    super("CONTACT_FILE", `${path} cannot be used: ${reason}`, { path });
  }
}

/** What the columns of a file of contacts may be called. */
const NAMES: Readonly<Record<"id" | keyof ContactRow, RegExp>> = {
  id: /^(customer|customer[ _-]?id|id)$/i,
  email: /^(e[ -]?mail|(customer[ _-]?)?e[ -]?mail([ _-]?address)?)$/i,
  phone: /^((tele|mobile[ _-]?)?phone([ _-]?number)?|mobile)$/i,
  firstName: /^(first|given)[ _-]?name$|^fn$/i,
  lastName: /^(last|family|sur)[ _-]?name$|^ln$/i,
  country: /^country([ _-]?code)?$/i,
  postcode: /^(zip|post(al)?)([ _-]?code)?$/i,
  consent: /^((e[ -]?mail|marketing)[ _-]?)*consent$|^(accepts[ _-]?)?marketing$|^opt(ed)?[ _-]?in$/i,
  suppressed: /^suppressed$|^unsubscribed$|^opt(ed)?[ _-]?out$|^do[ _-]?not[ _-]?contact$/i,
};

/** Contacts by customer id, and whether the file has a column of consent. */
export interface Contacts {
  readonly byCustomer: ReadonlyMap<string, Contact>;
  readonly needsConsent: boolean;
}

/** The same with what of the file is not in them. */
export interface ContactFile extends Contacts {
  /** Names of columns that are none of the known ones, or another of a kind that stands before. */
  readonly unusedColumns: readonly string[];
  /** Rows that name no customer. */
  readonly rowsWithoutCustomer: number;
}

/**
 * How customers can be reached, out of a CSV file with a column `customer_id` and one or more of `email`, `phone`,
 * `first_name`, `last_name`, `country`, `postcode`, `consent`, `suppressed`. A customer may have several rows. Ids are
 * read as the lake reads them: `17850.0` is `17850`.
 * @param defaultCountry ISO code for telephone numbers without a country.
 * @throws ContactFileError, also for an answer to consent that is neither yes nor no.
 */
export async function readContacts(path: string, defaultCountry?: string): Promise<ContactFile> {
  if (!existsSync(path)) throw new ContactFileError(path, "there is no such file.");
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  const connection = await instance.connect();
  const rowsOf = new Map<string, ContactRow[]>();
  try {
    const result = await connection.stream(
      `select * from read_csv(${quoteLiteral(path)}, header = true, all_varchar = true, quote = '"', escape = '"')`,
    );
    const columns = columnsOf(path, result.columnNames());
    let line = 1;
    let rowsWithoutCustomer = 0;
    for await (const rows of result.yieldRowsJs()) {
      for (const row of rows) {
        line++;
        const isOfSomebody = add(rowsOf, columns, row, (column) => {
          throw new ContactFileError(path, `its column ${column} in row ${line} is neither yes nor no.`);
        });
        if (!isOfSomebody) rowsWithoutCustomer++;
      }
    }
    const needsConsent = columns.some(([name]) => name === "consent");
    const rules = { needsConsent, ...(defaultCountry === undefined ? {} : { defaultCountry }) };
    const byCustomer = new Map([...rowsOf].map(([id, rows]) => [id, contactOf(rows, rules)]));
    const unusedColumns = result.columnNames().filter((_, at) => !columns.some(([, used]) => used === at));
    return { byCustomer, needsConsent, unusedColumns, rowsWithoutCustomer };
  } catch (error) {
    if (error instanceof ContactFileError) throw error;
    // Without the cause: the engine's message quotes the line.
    const line = /line:? (\d+)/i.exec((error as Error).message)?.[1];
    throw new ContactFileError(
      path,
      `it is not a CSV file${line === undefined ? "" : `; line ${line} cannot be read`}.`,
    );
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

type FoundColumn = readonly [name: keyof typeof NAMES, at: number];

function columnsOf(path: string, names: readonly string[]): FoundColumn[] {
  const found = Object.entries(NAMES).flatMap(([name, pattern]): FoundColumn[] => {
    const at = names.findIndex((header) => pattern.test(header.trim()));
    return at < 0 ? [] : [[name as keyof typeof NAMES, at]];
  });
  const has = (name: string): boolean => found.some(([one]) => one === name);
  // A file without a header line has an address where a name should be.
  if (has("id") && (has("email") || has("phone"))) return found;
  throw new ContactFileError(path, "its first line must name a column customer_id and a column email or phone.");
}

/** @returns whether the row names a customer. */
function add(
  rowsOf: Map<string, ContactRow[]>,
  columns: readonly FoundColumn[],
  cells: readonly unknown[],
  refuse: (column: string) => never,
): boolean {
  const text = (at: number): string => (typeof cells[at] === "string" ? cells[at] : "");
  const { id = "", ...row } = Object.fromEntries(columns.map(([name, at]) => [name, text(at)])) as ContactRow & {
    readonly id?: string;
  };
  for (const column of ["consent", "suppressed"] as const) if (answerOf(row[column]) === undefined) refuse(column);
  const customerId = customerIdOf(id);
  if (customerId === undefined) return false;
  const known = rowsOf.get(customerId);
  if (known === undefined) rowsOf.set(customerId, [row]);
  else known.push(row);
  return true;
}
