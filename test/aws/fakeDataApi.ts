import type { DataApi, DataApiParameters, StatementOptions } from "../../lib/aws/database/dataApi.ts";

export interface Call {
  readonly sql: string;
  readonly parameters: DataApiParameters;
  readonly options: StatementOptions;
}

export interface RecordedApi extends DataApi {
  readonly calls: Call[];
  readonly ended: ("committed" | "rolled back")[];
}

/** A Data API that answers by the text of the statement and remembers what it was asked. An answer may be an error. */
export function recordedApi(answer: (call: Call) => object[] | Error): RecordedApi {
  const calls: Call[] = [];
  const ended: RecordedApi["ended"] = [];
  return {
    calls,
    ended,
    async query<Row extends object>(sql: string, parameters: DataApiParameters = {}, options: StatementOptions = {}) {
      const call = { sql, parameters, options };
      calls.push(call);
      const rows = answer(call);
      if (rows instanceof Error) throw rows;
      return rows as Row[];
    },
    async transaction(work) {
      try {
        const result = await work(`t-${ended.length + 1}`);
        ended.push("committed");
        return result;
      } catch (error) {
        ended.push("rolled back");
        throw error;
      }
    },
  };
}
