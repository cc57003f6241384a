import {
  type AudienceColumn,
  type AudienceFilter,
  audienceColumns,
  forecastConditions,
  orderBy,
} from "../../domain/audience/audience.ts";
import { type HoldoutGroup, holdoutSql } from "../../domain/audience/holdout.ts";
import { sqlLiteral } from "../../domain/text/sqlLiteral.ts";

export interface AudienceSqlRequest {
  readonly columns: readonly AudienceColumn[];
  readonly filter: AudienceFilter;
  readonly holdout: HoldoutGroup;
}

/**
 * The query, in Trino's dialect, that gives the audience of the current run with the very flags that an export writes.
 * @throws HoldoutError
 */
export function audienceSql({ columns, filter, holdout }: AudienceSqlRequest): string {
  const wanted = columns.length === 0 ? audienceColumns([]) : columns;
  const list = wanted.map((name) => (name === "is_holdout" ? `${holdoutSql(holdout)} as is_holdout` : name));
  const conditions = [
    ...(filter.segments.length === 0 ? [] : [`rfm_segment in (${filter.segments.map(sqlLiteral).join(", ")})`]),
    ...(filter.forecast === undefined ? [] : forecastConditions(filter.forecast)),
    ...(filter.clusterIds.length === 0 ? [] : [`cluster_id in (${filter.clusterIds.join(", ")})`]),
  ];
  const where = conditions.length === 0 ? "" : `where ${conditions.join("\n  and ")}\n`;
  const limit = filter.order?.top === undefined ? "" : `limit ${filter.order.top}\n`;
  return `select\n  ${list.join(",\n  ")}\nfrom current_segments\n${where}${orderBy(filter.order)}\n${limit}`;
}
