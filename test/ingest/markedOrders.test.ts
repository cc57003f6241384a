import { afterAll, describe, expect, it } from "vitest";
import type { ConfigInput } from "../../lib/domain/config/config.ts";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { readingSettings } from "../../lib/workflow/sql/readingSettings.ts";
import { openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const drop = (lines: readonly string[], settings: ConfigInput = {}, header = "order,customer,date,amount") =>
  bench.drop(`${header}\n${lines.join("\n")}\n`, readingSettings(parseConfig(settings, "test")));

/** Orders of two channels, each with its letter. */
const CHANNELS = ["C1001,7,2024-01-01,5", "W1002,7,2024-01-02,6", "W1003,8,2024-01-03,7", "C1004,9,2024-01-04,8"];

describe("ids with the mark of a cancellation beside others", () => {
  it("are asked about where they are worth something, with both answers", async () => {
    await expect(drop(CHANNELS)).rejects.toThrow(
      'drop.csv: 2 orders have ids like "C1001" (line 2), as cancellations have, beside ids like "W1002", but 2 rows are worth 13.00, and nothing else says that they were taken back. If they are purchases: --cancellation-pattern none; if they are cancellations: --cancellation-pattern "^C[0-9]".',
    );
    for (const cancellationPattern of ["^$", "^C[0-9]"])
      expect((await drop(CHANNELS, { cancellationPattern })).rows).toHaveLength(4);
  });

  it("are asked about where one of them is among many", async () => {
    const many = Array.from({ length: 300 }, (_, i) => `${2000 + i},${i % 20},2024-02-0${1 + (i % 9)},5`);
    await expect(drop([...many, "c9001,7,2024-01-01,5"])).rejects.toThrow(/1 order has an id like "c9001"/);
  });

  it.each([
    ["negative", ["5001,7,2024-01-01,5", "C5009,7,2024-01-02,-5"], undefined],
    ["of the number of an order of the same customer", ["5001,7,2024-01-01,5", "C5001,7,2024-01-02,5"], undefined],
    ["all orders", ["C5001,7,2024-01-01,5", "C5002,7,2024-01-02,5"], undefined],
    [
      "marked by their status, too",
      ["5001,7,2024-01-01,5,paid", "C5002,7,2024-01-02,5,cancelled"],
      "order,customer,date,amount,status",
    ],
  ])("are not asked about where they are %s", async (_how, lines, header) => {
    expect((await drop(lines, {}, header)).rows).toHaveLength(2);
  });
});
