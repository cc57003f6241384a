import type { DuckDbEngine } from "../duckdb/index.ts";
import { quoteLiteral } from "../duckdb/translate.ts";

/** Parquet files of one and the same schema: one question answers for all of them. */
export interface ParquetGroup {
  /** SQL of their rows, with the path of each in `file_path`. */
  readonly relation: string;
  readonly columns: readonly string[];
  /** Columns of text. */
  readonly texts: readonly string[];
}

/** Files by their schema. */
export async function parquetGroups(engine: DuckDbEngine, paths: readonly string[]): Promise<ParquetGroup[]> {
  if (paths.length === 0) return [];
  const list = (files: readonly string[]): string => `[${files.map(quoteLiteral).join(", ")}]`;
  const rows = await engine.query(
    `select file_name, name, coalesce(converted_type, type) as type from parquet_schema(${list(paths)}) where num_children is null`,
  );
  const schemas = Map.groupBy(rows, (row) => String(row.file_name));
  const alike = Map.groupBy([...schemas.keys()], (path) =>
    JSON.stringify(schemas.get(path)?.map(({ name, type }) => [name, type])),
  );
  return [...alike].map(([signature, files]) => {
    const columns = JSON.parse(signature) as [string, string][];
    return {
      relation: `(select *, filename as file_path from read_parquet(${list(files)}, hive_partitioning = false, filename = true))`,
      columns: columns.map(([name]) => name),
      texts: columns.filter(([, type]) => /UTF8|BYTE_ARRAY/.test(type)).map(([name]) => name),
    };
  });
}
