import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { DropFile } from "../../lib/ingest/types.ts";
import { effort, isFullEffort } from "../support/effort.ts";
import { openWorkbench } from "./helpers.ts";

const data = join(import.meta.dirname, "../../../shared/data");

// Skipped where the reference data is not beside the project.
describe.skipIf(!existsSync(data))("Online Retail", () => {
  const bench = openWorkbench();
  afterAll(() => bench.close());

  /** One figure over every value of every row; line numbers are part of it unless excluded. */
  const digest = async (outputPath: string, columns = "* exclude (source)") => {
    const query = `select count(*) as n, cast(sum(cast(hash(t) as hugeint)) as varchar) as digest from (select ${columns} from rows) t`;
    return (await bench.rows(outputPath, query))[0];
  };
  let plain: { outputPath: string };
  beforeAll(async () => {
    const utf8 = bench.write(gunzipSync(readFileSync(join(data, "online-retail.csv.gz"))));
    plain = await bench.read([utf8]);
  });

  it("is read without loss: counts, dates and money of the whole file", async () => {
    const [figures] = await bench.rows(
      plain.outputPath,
      `select count(*) as n, count(*) - count(customer_id) as guests, count(*) - count(description) as undescribed,
        min(order_date) as first, max(order_date) as last, min(line_number) as first_line, max(line_number) as last_line,
        count(distinct line_number) as lines, count(unreadable) as unreadable, count(other_columns) as others,
        count(*) filter (where try_cast(order_date as timestamp) is null) as undated,
        cast(sum(cast(quantity as bigint)) as varchar) as units,
        cast(sum(cast(quantity as decimal(18,4)) * cast(unit_price as decimal(18,4))) as varchar) as money from rows`,
    );
    expect(figures).toEqual({
      n: "541909",
      guests: "135080",
      undescribed: "1454",
      first: "2010-12-01 08:26:00",
      last: "2011-12-09 12:50:00",
      first_line: "2",
      last_line: "541910",
      lines: "541909",
      unreadable: "0",
      others: "0",
      undated: "0",
      units: "5176450",
      money: expect.stringMatching(/^9747747\.934/),
    });
  });

  it("gives the same rows from UTF-8 and Latin-1, plain and gzipped", async () => {
    const expected = await digest(plain.outputPath);
    expect(expected?.n).toBe("541909");
    const latin = bench.write(gunzipSync(readFileSync(join(data, "online-retail-latin1.csv.gz"))));
    const files: DropFile[] = [
      latin,
      ...effort([], [{ path: join(data, "online-retail.csv.gz"), source: "a.gz" }]),
      { path: join(data, "online-retail-latin1.csv.gz"), source: "b.gz" },
    ];
    for (const file of files) {
      const { reading, outputPath } = await bench.read([file]);
      expect(await digest(outputPath)).toEqual(expected);
      expect(reading.files[0]?.encoding).toBe(file.source === "a.gz" ? "utf-8" : "windows-1252");
      const hash = createHash("sha256");
      for await (const chunk of createReadStream(file.path)) hash.update(chunk as Buffer);
      expect(reading.files[0]?.contentHash).toBe(hash.digest("hex"));
    }
  });

  it.runIf(isFullEffort)(
    "gives the same rows from the 305 daily files, with ISO dates and ids like 17850.0",
    async () => {
      const folder = join(bench.directory, "days");
      mkdirSync(folder);
      writeFileSync(join(folder, "all.tar"), gunzipSync(readFileSync(join(data, "online-retail-by-day.tar.gz"))));
      execFileSync("tar", ["xf", "all.tar"], { cwd: folder });
      const names = readdirSync(join(folder, "by-day")).sort();
      expect(names).toHaveLength(305);
      const { reading, outputPath } = await bench.read(
        names.map((source) => ({ path: join(folder, "by-day", source), source })),
      );
      expect(reading.rows).toBe(541_909);
      const all =
        "* exclude (source, line_number) replace (cast(cast(unit_price as decimal(18, 4)) as varchar) as unit_price)";
      expect(await digest(outputPath, all)).toEqual(await digest(plain.outputPath, all));
    },
  );
});
