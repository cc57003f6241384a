import type { NamedQuery } from "../../api/segments/sqlSegments.ts";
import type { PostgresSegmentDatabase } from "../../postgres/segmentDatabase.ts";

/** Named parameters over a client that has numbered ones. */
export function namedQuery(database: Pick<PostgresSegmentDatabase, "query">): NamedQuery {
  return (sql, parameters) => {
    const names = Object.keys(parameters);
    // Not the second colon of a cast.
    const text = sql.replace(/(?<!:):([a-z]\w*)/gi, (_, name: string) => `$${names.indexOf(name) + 1}`);
    return database.query(
      text,
      names.map((name) => parameters[name]),
    );
  };
}
