import { rename } from "node:fs/promises";
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

/** Takes the rows of erased customers out of a drop before anything of it is kept. Rows left out, by source. */
export async function leaveOutErased(request: LeaveOutRequest): Promise<ReadonlyMap<string, number>> {
  const { path, erased, scratchDirectory, threads } = request;
  const engine = await openScratchEngine({ threads, temporaryDirectory: `${scratchDirectory}/erasure` });
  try {
    const digests = erased.digests.map(literal).join(", ");
    const all = `read_parquet(${literal(path)})`;
    const digestSql = (id: string): string => `sha256(${literal(erased.salt)} || chr(10) || ${id})`;
    // Each id is hashed once, not once a row; records of earlier releases have digests of ids as they were spelled.
    await engine.run(`create table erased as
      select customer_id from (select distinct customer_id from ${all} where customer_id is not null)
      where ${digestSql(customerIdSql("customer_id"))} in (${digests})
        or ${digestSql(erasedIdSql("customer_id"))} in (${digests})`);
    const found = await engine.rows(
      `select source, count(*) from ${all} where customer_id in (from erased) group by source`,
    );
    if (found.length > 0) {
      const rest = `select * from ${all} where customer_id is null or customer_id not in (from erased)`;
      await engine.run(`copy (${rest}) to ${literal(`${path}.rest`)} (format parquet, compression snappy)`);
      await rename(`${path}.rest`, path);
    }
    return new Map(found.map(([source, rows]) => [String(source), Number(rows)]));
  } finally {
    engine.close();
  }
}
