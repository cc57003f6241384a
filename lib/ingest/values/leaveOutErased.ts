import { rename } from "node:fs/promises";
import { ERASURE_ID_DIGITS } from "../../domain/audience/erasure.ts";
import { customerIdSql, erasedIdSql } from "../../domain/customerId.ts";
import { openScratchEngine } from "../engine.ts";
import { literal } from "../sqlText.ts";

export interface LeaveOutRequest {
  /** Parquet of canonical rows; rewritten when an erased customer is in it. */
  readonly path: string;
  readonly erased: { readonly salt: string; readonly digests: readonly string[] };
  readonly scratchDirectory: string;
  readonly threads: number;
}

/** What was left out of a source. */
export interface LeftOut {
  readonly rows: number;
  /** Ids of the erasures of those whom it had, in order. */
  readonly erasureIds: readonly string[];
}

/**
 * Takes the rows of erased customers out of a drop before anything of it is kept.
 * @returns what was left out, by source.
 */
export async function leaveOutErased(request: LeaveOutRequest): Promise<ReadonlyMap<string, LeftOut>> {
  const { path, erased, scratchDirectory, threads } = request;
  const engine = await openScratchEngine({ threads, temporaryDirectory: `${scratchDirectory}/erasure` });
  try {
    const digests = erased.digests.map(literal).join(", ");
    const all = `read_parquet(${literal(path)})`;
    const digestSql = (id: string): string => `sha256(${literal(erased.salt)} || chr(10) || ${id})`;
    // Each id is hashed once, not once a row; records of earlier releases have digests of ids as they were spelled.
    await engine.run(`create table erased as
      select customer_id, case when known in (${digests}) then known else spelled end as digest
      from (
        select customer_id, ${digestSql(customerIdSql("customer_id"))} as known, ${digestSql(erasedIdSql("customer_id"))} as spelled
        from (select distinct customer_id from ${all} where customer_id is not null))
      where known in (${digests}) or spelled in (${digests})`);
    const found = await engine.rows(
      `select source, count(*), string_agg(distinct left(digest, ${ERASURE_ID_DIGITS}), ',')
       from ${all} join erased using (customer_id) group by source`,
    );
    if (found.length > 0) {
      const rest = `select * from ${all} where customer_id is null or customer_id not in (select customer_id from erased)`;
      await engine.run(`copy (${rest}) to ${literal(`${path}.rest`)} (format parquet, compression snappy)`);
      await rename(`${path}.rest`, path);
    }
    return new Map(
      found.map(([source, rows, ids]) => [
        String(source),
        { rows: Number(rows), erasureIds: String(ids).split(",").sort() },
      ]),
    );
  } finally {
    engine.close();
  }
}
