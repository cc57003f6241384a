import type { PgConnection } from "../../postgres/connection.ts";
import { DatabaseError } from "../../postgres/errors.ts";
import type { DataApi, DataApiValue } from "./dataApi.ts";
import { splitStatements } from "./sqlStatements.ts";

/** A transaction of the Data API as a PostgreSQL connection, as far as the migrations need one. */
export function dataApiConnection(api: DataApi, transactionId: string): PgConnection {
  return {
    query: (text, values = []) => {
      const parameters = Object.fromEntries(values.map((value, index) => [`p${index + 1}`, value as DataApiValue]));
      return api.query(text.replace(/\$(\d+)/g, ":p$1"), parameters, { transactionId });
    },
    async execute(text) {
      for (const statement of splitStatements(text)) await api.query(statement, {}, { transactionId });
    },
    copyIn: () =>
      Promise.reject(
        new DatabaseError("DATABASE", "The Data API takes no COPY data; parts are imported from the bucket."),
      ),
  };
}
