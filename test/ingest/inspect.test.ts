import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { renderInspection } from "../../bin/commands/run/inspectReport.ts";
import { printable } from "../../bin/terminal.ts";
import type { ConfigInput } from "../../lib/domain/config/config.ts";
import { inspect as inspectFiles } from "../../lib/library/inspect.ts";
import { rfmHere } from "../support/cli.ts";
import { openWorkbench } from "./helpers.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const csv = (...lines: string[]) => `${lines.join("\n")}\n`;

async function inspect(content: string | Uint8Array, config: ConfigInput = {}, name = "shop.csv") {
  const { path } = bench.write(content, name);
  const inspection = await inspectFiles([path], { settings: config });
  const text = printable(renderInspection(inspection, [path]), process.stdout);
  expect(
    Math.max(
      ...text
        .split("\n")
        .filter((line) => !line.includes("rfm run"))
        .map((line) => line.length),
    ),
  ).toBeLessThanOrEqual(100);
  return { inspection, text, path };
}

const HEADER = "customer_id,invoice_no,order_date,product_id,quantity,unit_price,description,status,age,notify";
const SHOP = csv(
  HEADER,
  "1,A1,2024-01-05,P1,2,3.50,Mug,paid,31,a@x.test",
  "1,A1,2024-01-05,P1,2,3.50,Mug,paid,31,a@x.test",
  "2,C2,2024-01-06,P1,-1,3.50,Mug,paid,44,b@x.test",
  ",A3,2024-01-31,POST,1,0,,refunded,,",
  "3,A4,soon,P2,1,x,Cup,odd,20,c@x.test",
  "3,A5",
  ...Array.from(
    { length: 20 },
    (_, i) =>
      `${i % 4},B${i},2024-02-${String(1 + i).padStart(2, "0")},P2,1,${2 + (i % 3)}.00,Cup,paid,${20 + (i % 4)},${i % 4}@x.test`,
  ),
  "9,Z9,2024-02-21,P3,1,90000.00,Car,paid,50,z@x.test",
);

describe("inspecting a file", () => {
  it("tells what every column means, how sure that is and why", async () => {
    const { inspection } = await inspect(SHOP);
    const columns = inspection.files[0]?.columns ?? [];
    expect(columns.map(({ role }) => role)).toEqual([
      ...["customer", "order", "date", "product", "quantity", "price", "description", "status", undefined, undefined],
    ]);
    expect(columns.every(({ reason }) => reason !== "")).toBe(true);
    expect(columns[9]?.reason).toMatch(/e-mail addresses: personal data/);
    expect(inspection.questions).toEqual([]);
  });

  it("profiles the rows, each finding with its first lines", async () => {
    const { inspection, text } = await inspect(SHOP);
    const checks = Object.fromEntries(
      (inspection.profile?.checks ?? []).map(({ check, rows, lines }) => [check, [rows, ...lines]]),
    );
    expect(checks).toEqual({
      "unreadable lines": [1, "7"],
      "no customer": [1, "5"],
      "no or no readable date": [1, "6"],
      "no or no readable amount": [1, "6"],
      "exact copies": [1, "3"],
      cancellations: [1, "4"],
      "quantity of zero or less": [1, "4"],
      "price of zero": [1, "5"],
      "amount of zero or less": [2, "4", "5"],
      "no description": [1, "5"],
      "amounts far out": [1, "28"],
    });
    expect(inspection.profile).toMatchObject({
      rows: 27,
      firstDate: "2024-01-05",
      lastDate: "2024-02-21",
      longestGap: { days: 24, after: "2024-01-06" },
    });
    expect(inspection.files[0]?.unreadable).toEqual([{ lineNumber: 7, complaint: "expected 10 columns, found 2" }]);
    expect(inspection.statuses).toEqual([
      { status: "paid", rows: 24, meaning: "kept" },
      { status: "odd", rows: 1, meaning: "unknown" },
      { status: "refunded", rows: 1, meaning: "refunded" },
    ]);
    for (const said of [
      "line 7: expected 10",
      "dropped as status_refunded",
      "1 line is not a product",
      "longest gap 24 days",
      "rfm run ",
    ]) {
      expect(text).toContain(said);
    }
  });

  it("asks what it cannot know, with the flags that answer", async () => {
    const flagsOf = async (content: string, config: ConfigInput = {}) =>
      (await inspect(content, config)).inspection.questions.map(({ code, flags }) => [code, ...flags]);
    const dates = csv("customer,date,amount", "1,03/04/2024,5", "2,05/06/2024,6");
    expect(await flagsOf(dates)).toEqual([["UNDECIDABLE_DATES", "--date-layout dmy", "--date-layout mdy"]]);
    expect(await flagsOf(dates, { dateLayout: "mdy" })).toEqual([]);
    expect(await flagsOf(csv("customer;date;amount", "1;2024-01-05;1,234"))).toEqual([
      ["UNDECIDABLE_DECIMALS", "--decimal point", "--decimal comma"],
    ]);
    expect(await flagsOf(csv("customer,date,amount,currency", "1,2024-01-05,5,EUR", "2,2024-01-06,6,USD"))).toEqual([
      ["MIXED_CURRENCIES", "--rates FILE"],
    ]);
    const rates = { target: "EUR", rates: [{ currency: "EUR", rate: "1" }] };
    expect(
      await flagsOf(csv("customer,date,amount,currency", "1,2024-01-05,5,EUR", "2,2024-01-06,6,USD"), {
        currency: rates,
      }),
    ).toEqual([["MISSING_RATE", "--rates FILE"]]);
    expect(await flagsOf(csv("customer_id,client_id,date,paid on,amount", "1,2,2024-01-05,x,5"))).toEqual([
      ["AMBIGUOUS_COLUMN", "--map customer=customer_id", "--map customer=client_id"],
    ]);
  });

  it("gives the command to run next, quoted for a shell", async () => {
    const { text, path } = await inspect(SHOP, {}, "my shop's file.csv");
    expect(text).toContain(`rfm run '${path.replaceAll("'", "'\\''")}'\n`);
  });

  it("carries the flags on to that command as they were typed", async () => {
    const { path } = bench.write(SHOP, "flags.csv");
    const { stdout } = await rfmHere(["inspect", "--decimal", "point", path, "--header"], { cwd: bench.directory });
    expect(stdout).toContain(`rfm run --decimal point ${path} --header\n`);
  });

  it("proposes no command where no flag helps", async () => {
    const { inspection, text } = await inspect(
      csv(
        "order_id,user_id,eval_set,order_number,order_dow,order_hour_of_day,days_since_prior_order",
        "2539329,1,prior,1,2,08,",
        "2398795,1,prior,2,3,07,15.0",
      ),
    );
    expect(inspection.questions).toHaveLength(1);
    expect(text).toContain("has neither dates nor money");
    expect(text).not.toContain("rfm run");
  });

  it("ends with 1 while a question is open, and is quiet about rows then", async () => {
    const { path } = bench.write(csv("customer,date,amount", "1,03/04/2024,5", "2,05/06/2024,6"), "q.csv");
    const { code, stdout } = await rfmHere(["inspect", path, "--json"], { cwd: bench.directory });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ questions: [{ code: "UNDECIDABLE_DATES" }] });
    expect(existsSync(join(bench.directory, "lake"))).toBe(false);
  });
});
