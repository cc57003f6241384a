import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Client, types } from "pg";
import { afterAll, describe } from "vitest";
import type { DataApi, DataApiParameters, StatementOptions } from "../../lib/aws/database/dataApi.ts";
import { openDataApiDatabase, STATEMENTS } from "../../lib/aws/database/dataApiDatabase.ts";
import { IMPORT_STATEMENTS } from "../../lib/aws/database/dataApiImport.ts";
import type { ObjectStore } from "../../lib/ports.ts";
import { readMigrations } from "../../lib/postgres/migrations.ts";
import type { PostgresSegmentDatabase } from "../../lib/postgres/segmentDatabase.ts";
import { describeSegmentDatabase } from "../local/postgresContract.ts";
import { findServerBinaries, startServer } from "../local/postgresServer.ts";

const binaries = findServerBinaries();
if (binaries === undefined)
  console.warn("Skipped: no PostgreSQL server under /usr/lib/postgresql (apt-get install postgresql).");
const server = binaries === undefined ? undefined : await startServer(binaries);
// The server runs as another user, and reads what it imports from here.
const bucket = mkdtempSync(join(tmpdir(), "rfm-bucket-"));
chmodSync(bucket, 0o755);
let files = 0;

afterAll(() => {
  server?.stop();
  rmSync(bucket, { recursive: true, force: true });
});

/** Functions of `aws_s3`'s names and signatures over files of the server; Aurora's own read a bucket. */
const AWS_S3 = `
  create schema if not exists aws_commons;
  create schema if not exists aws_s3;
  do $$ begin create type aws_commons._s3_uri_1 as (bucket text, file_path text, region text); exception when duplicate_object then null; end $$;
  create or replace function aws_commons.create_s3_uri(bucket text, file_path text, region text) returns aws_commons._s3_uri_1
    language sql as $$ select row(bucket, file_path, region)::aws_commons._s3_uri_1 $$;
  create or replace function aws_s3.table_import_from_s3(table_name text, column_list text, options text, s3_info aws_commons._s3_uri_1)
    returns text language plpgsql as $$
    declare imported bigint;
    begin
      execute format('copy %s (%s) from %L with %s', table_name, column_list, (s3_info).file_path, options);
      get diagnostics imported = row_count;
      return imported || ' rows imported into relation "' || table_name || '" from file ' || (s3_info).file_path;
    end $$;`;

/** Names of parameters become positions; the rest of the text must be PostgreSQL's as it is. */
function positional(sql: string, parameters: DataApiParameters): { text: string; values: unknown[] } {
  const names = Object.keys(parameters);
  const text = sql.replace(/(?<![:\w]):([a-zA-Z]\w*)/g, (_, name: string) => `$${names.indexOf(name) + 1}`);
  return { text, values: Object.values(parameters) };
}

/** PostgreSQL's errors as the Data API words them. */
function asDataApiError(error: { message: string; code?: string; where?: string }): Error {
  const where = error.where === undefined ? "" : `\n  Where: ${error.where}`;
  return Object.assign(new Error(`ERROR: ${error.message}${where}; SQLState: ${error.code}`), {
    name: "DatabaseErrorException",
  });
}

const getTypeParser = ((oid: number, format?: never) =>
  oid === 20
    ? Number
    : oid === 1082
      ? (value: string) => value
      : types.getTypeParser(oid, format)) as typeof types.getTypeParser;

/** The Data API's contract over plain connections: one statement a call, a transaction per connection. */
function dataApiOver(url: string, storeOf: () => ObjectStore): DataApi & { close(): Promise<void> } {
  const transactions = new Map<string, Client>();
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: url, types: { getTypeParser } });
    await client.connect();
    return client;
  };
  const single = connect();
  const send = async (client: Client, sql: string, parameters: DataApiParameters): Promise<object[]> => {
    if (sql === STATEMENTS.extension) return client.query(AWS_S3).then(() => []);
    const given =
      sql === IMPORT_STATEMENTS.importPart
        ? { ...parameters, key: await published(storeOf(), String(parameters.key)) }
        : parameters;
    const { text, values } = positional(sql, given);
    // The extended protocol takes one statement only, as the Data API does.
    const { rows } = await client.query({
      text,
      values: values.length === 0 ? [] : values,
      queryMode: "extended",
    } as never);
    return rows as object[];
  };
  return {
    async query<Row extends object>(
      sql: string,
      parameters: DataApiParameters = {},
      { transactionId }: StatementOptions = {},
    ) {
      const client = transactionId === undefined ? await single : (transactions.get(transactionId) as Client);
      return (await send(client, sql, parameters).catch((error) => Promise.reject(asDataApiError(error)))) as Row[];
    },
    async transaction(work) {
      const id = `t-${++files}`;
      const client = await connect();
      transactions.set(id, client);
      try {
        await client.query("begin");
        const result = await work(id);
        await client.query("commit");
        return result;
      } finally {
        transactions.delete(id);
        await client.end();
      }
    },
    close: async () => (await single).end(),
  };
}

/** Puts an object where the server can read it, unpacked as `aws_s3` does for gzip. */
async function published(store: ObjectStore, key: string): Promise<string> {
  const path = join(bucket, `${++files}.csv`);
  const bytes = await store.read(key);
  await writeFile(path, key.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  return path;
}

async function open(): Promise<PostgresSegmentDatabase> {
  let store: ObjectStore | undefined;
  const url = server?.url("postgres") as string;
  const api = dataApiOver(url, () => store as ObjectStore);
  const database = openDataApiDatabase({
    api,
    region: "eu-west-1",
    migrations: () => readMigrations(),
    pieceBytes: 20_000,
  });
  return {
    ...database,
    loadPart: (runId, from, key, content) => {
      store = from;
      return database.loadPart(runId, from, key, content);
    },
    query: (text, values = []) =>
      api.query(
        text.replace(/\$(\d+)/g, ":p$1"),
        Object.fromEntries(values.map((value, i) => [`p${i + 1}`, value as string])),
      ),
    close: () => api.close(),
  };
}

describe.skipIf(server === undefined)("the Data API's statements on a real PostgreSQL", () => {
  describeSegmentDatabase("the database adapter of AWS", open, open);
});
