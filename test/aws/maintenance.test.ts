import { describe, expect, it } from "vitest";
import { maintainTables } from "../../lib/aws/maintenance.ts";

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
