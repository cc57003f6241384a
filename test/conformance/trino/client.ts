import { setTimeout as delay } from "node:timers/promises";

/** A result as the server gives it: whole and decimal numbers as text, for JavaScript's would round them. */
export interface TrinoResult {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly (string | boolean | null)[])[];
}

/** Runs SQL in one catalog and schema. */
export type TrinoQuery = (sql: string) => Promise<TrinoResult>;

interface Failure {
  readonly error: { readonly message: string; readonly errorName: string };
}

interface Page extends Partial<Failure> {
  readonly nextUri?: string;
  readonly columns?: TrinoResult["columns"];
  readonly data?: TrinoResult["rows"];
}

/** A client of Trino's REST protocol (trino.io/docs/current/develop/client-protocol.html). */
export function trinoClient(serverUrl: string, catalog: string, schema: string): TrinoQuery {
  const headers = {
    "X-Trino-User": "conformance",
    "X-Trino-Catalog": catalog,
    "X-Trino-Schema": schema,
    "X-Trino-Time-Zone": "UTC",
    // Without it timestamps come with three decimals, whatever they have.
    "X-Trino-Client-Capabilities": "PARAMETRIC_DATETIME",
  };
  const attempt = async (sql: string): Promise<TrinoResult | Failure> => {
    const rows: (string | boolean | null)[][] = [];
    let columns: TrinoResult["columns"] = [];
    let page = await readPage(fetch(`${serverUrl}/v1/statement`, { method: "POST", headers, body: sql }));
    for (;;) {
      if (page.error !== undefined) return { error: page.error };
      if (page.columns !== undefined) columns = page.columns;
      for (const row of page.data ?? []) rows.push([...row]);
      if (page.nextUri === undefined) return { columns, rows };
      page = await readPage(fetch(page.nextUri));
    }
  };
  return async (sql) => {
    for (let second = 0; ; second++) {
      const result = await attempt(sql);
      if (!("error" in result)) return result;
      const { errorName, message } = result.error;
      // The server answers some moments before its only node has announced itself.
      if (errorName !== "NO_NODES_AVAILABLE" || second === 30) throw new Error(`${errorName}: ${message}\n${sql}`);
      await delay(1000);
    }
  };
}

async function readPage(pending: Promise<Response>): Promise<Page> {
  const response = await pending;
  const text = await response.text();
  if (!response.ok) throw new Error(`Trino answered ${response.status}: ${text.slice(0, 500)}`);
  const asWritten = (_key: string, value: unknown, context: { readonly source?: string }) =>
    typeof value === "number" ? context.source : value;
  return JSON.parse(text, asWritten as (key: string, value: unknown) => unknown) as Page;
}
