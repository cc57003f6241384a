import { afterAll, describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { inspectDrop } from "../../lib/ingest/inspectDelivery.ts";
import { readingSettings } from "../../lib/workflow/sql/readingSettings.ts";
import { columnOf, openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const CONFIG = parseConfig({}, "defaults");
const shop = (...statuses: string[]): string =>
  `order,customer,date,amount,Order Status\n${statuses.map((status, i) => `A${i},C${i % 3},2024-01-31,5.50,${status}\n`).join("")}`;

describe("statuses that no rule knows", () => {
  const text = shop("Paid", "Zorp", "Zorp", "Shipped", "Zorp", "Cancelled", "Zorp");

  it("are asked about with their rows and money, by inspect as well", async () => {
    const settings = readingSettings(CONFIG);
    const message = /"Zorp" 4 rows worth 22\.00.*--rows "Order Status=Zorp\|Paid\|Shipped"/;
    await expect(bench.drop(text, settings)).rejects.toThrow(message);
    const inspection = await inspectDrop({
      ...settings,
      files: [bench.write(text)],
      scratchDirectory: bench.scratchDirectory,
      threads: 2,
      cancellationPattern: CONFIG.cancellationPattern,
    });
    expect(inspection.questions.map(({ code }) => code)).toEqual(["UNKNOWN_STATUSES"]);
    expect(inspection.questions[0]?.message).toMatch(message);
  });

  it("are answered by --rows, which that command line gives", async () => {
    const rows = { column: "Order Status", words: ["Zorp", "Paid", "Shipped"] };
    const { rows: found } = await bench.drop(text, readingSettings(parseConfig({ rows }, "flags")));
    const [cancelled] = columnOf(found, "order_status").filter((status) => status !== null);
    expect(cancelled).toMatch(/Cancelled$/i);
  });

  it("are kept and named where they are few", async () => {
    const usual = Array.from({ length: 200 }, () => "Paid");
    const { reading } = await bench.drop(shop(...usual, "Zorp"), readingSettings(CONFIG));
    expect(reading.findings.map(({ message }) => message).join(" ")).toContain('no rule knows are kept: "Zorp" 1');
  });
});
