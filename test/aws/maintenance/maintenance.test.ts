import { describe, expect, it } from "vitest";
import { AthenaStatementError } from "../../../lib/aws/athenaEngine.ts";
import { maintainTables, purgeDeletedRows } from "../../../lib/aws/maintenance/maintenance.ts";

describe("maintainTables", () => {
  it("optimizes, then vacuums each Iceberg table, one after the other, and reports as it goes", async () => {
    const log: string[] = [];
    let running = 0;
    const run = async (statement: string) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      log.push(`ran ${statement}`);
      return { bytesScanned: 1, elapsedMs: 2 };
    };
    await maintainTables({ run }, ({ statement, bytesScanned }) => log.push(`told ${statement} ${bytesScanned}`));
    expect(log).toEqual(
      ["transactions", "ingests", "shared_orders"].flatMap((table) =>
        [`optimize ${table} rewrite data using bin_pack`, `vacuum ${table}`].flatMap((statement) => [
          `ran ${statement}`,
          `told ${statement} 1`,
        ]),
      ),
    );
  });

  it("stops at a failure", async () => {
    await expect(
      maintainTables({ run: () => Promise.reject(new Error("ICEBERG_COMMIT_ERROR")) }, () => undefined),
    ).rejects.toThrow("ICEBERG_COMMIT_ERROR");
  });
});

describe("purgeDeletedRows", () => {
  it("rewrites every file with deleted rows, keeps one snapshot, and leaves the tables' settings as they were", async () => {
    const log: string[] = [];
    const run = async (statement: string) => {
      log.push(statement);
      // As Athena says it when more than 20,000 files go.
      if (statement === "vacuum transactions" && log.filter((done) => done === statement).length < 3)
        throw new AthenaStatementError("Athena failed: ICEBERG_VACUUM_MORE_RUNS_NEEDED: Removed 20000 files", {});
      return { bytesScanned: 1, elapsedMs: 2 };
    };
    await purgeDeletedRows({ run }, () => undefined);
    const of = (table: string) => log.filter((statement) => statement.split(" ").includes(table));
    expect(of("transactions")).toEqual([
      "alter table transactions set tblproperties ('optimize_rewrite_delete_file_threshold' = '1', 'optimize_rewrite_data_file_threshold' = '1', 'vacuum_max_snapshot_age_seconds' = '1')",
      "optimize transactions rewrite data using bin_pack",
      ...["vacuum transactions", "vacuum transactions", "vacuum transactions"],
      "alter table transactions unset tblproperties ('optimize_rewrite_delete_file_threshold', 'optimize_rewrite_data_file_threshold', 'vacuum_max_snapshot_age_seconds')",
    ]);
    expect(of("shared_orders").length).toBe(4);
    expect(of("ingests")).toEqual([]);
  });

  it("puts the settings back after a failure", async () => {
    const log: string[] = [];
    const run = async (statement: string) => {
      log.push(statement.split(" ").slice(0, 4).join(" "));
      if (statement.startsWith("vacuum")) throw new Error("ICEBERG_COMMIT_ERROR");
      return { bytesScanned: 1, elapsedMs: 2 };
    };
    await expect(purgeDeletedRows({ run }, () => undefined)).rejects.toThrow("ICEBERG_COMMIT_ERROR");
    expect(log.at(-1)).toBe("alter table transactions unset");
  });
});
