import { describe, expect, it } from "vitest";
import { compareSegments, recordsOf } from "./segments.ts";

const HEADER = "customer_id,frequency,run_id\n";

describe("the comparison of the box with the local engine", () => {
  it("tells the same bytes from the same customers in another order", () => {
    expect(compareSegments(`${HEADER}a,1,r\nb,2,r\n`, `${HEADER}a,1,r\nb,2,r\n`)).toMatchObject({ isIdentical: true });
    const turned = compareSegments(`${HEADER}b,2,r\na,1,r\n`, `${HEADER}a,1,r\nb,2,r\n`);
    expect(turned).toMatchObject({ isEqual: true, isIdentical: false, customers: 2 });
  });

  it("names a customer who differs, is missing or is one too many", () => {
    const found = compareSegments(`${HEADER}a,1,r\nc,3,r\n`, `${HEADER}a,2,r\nb,2,r\n`);
    expect(found.isEqual).toBe(false);
    expect(found.differences.map((line) => line.slice(0, 2))).toEqual(["a:", "b:", "c:"]);
  });

  it("leaves out the columns that may differ, and no other", () => {
    expect(compareSegments(`${HEADER}a,1,r\n`, `${HEADER}a,1,s\n`, ["run_id"]).isEqual).toBe(true);
    expect(compareSegments(`${HEADER}a,1,r\n`, `${HEADER}a,2,s\n`, ["run_id"]).isEqual).toBe(false);
  });

  it("reads rows by column name", () => {
    expect(recordsOf(`${HEADER}a,1,r\n`)).toEqual([{ customer_id: "a", frequency: "1", run_id: "r" }]);
  });
});
