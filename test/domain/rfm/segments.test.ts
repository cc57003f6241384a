import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compileSegmentTable,
  DEFAULT_SEGMENT_TABLE,
  frequencyMonetaryScore,
  SegmentTableError,
  segmentOf,
} from "../../../lib/domain/rfm/segments.ts";

const CELLS = [1, 2, 3, 4, 5].flatMap((r) => [1, 2, 3, 4, 5].map((fm) => `${r}${fm}`));
const score = fc.integer({ min: 1, max: 5 });

/** A random partition of the 25 cells into named segments. */
const partition = fc
  .tuple(
    fc.uniqueArray(fc.string({ minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 25 }),
    fc.array(fc.nat(), { minLength: 25, maxLength: 25 }),
  )
  .map(([names, draws]) => {
    const table = new Map<string, string[]>(names.map((name) => [name, []]));
    CELLS.forEach((cell, i) => {
      table.get(names[(draws[i] as number) % names.length] as string)?.push(cell);
    });
    return Object.fromEntries(table);
  });

describe("frequencyMonetaryScore", () => {
  it("rounds halves up", () => {
    expect([1, 2, 3, 4, 5].map((m) => frequencyMonetaryScore(2, m))).toEqual([2, 2, 3, 3, 4]);
    fc.assert(
      fc.property(score, score, (f, m) => frequencyMonetaryScore(f, m) === Math.round((f + m) / 2 + Number.EPSILON)),
    );
  });
});

describe("compileSegmentTable", () => {
  it("names every cell of the default table as published", () => {
    const compiled = compileSegmentTable(DEFAULT_SEGMENT_TABLE);
    expect(compiled).toHaveLength(25);
    for (const [name, cells] of Object.entries(DEFAULT_SEGMENT_TABLE)) {
      for (const cell of cells)
        expect(segmentOf(compiled, Number(cell[0]), Number(cell[1]), Number(cell[1]))).toBe(name);
    }
    expect(segmentOf(compiled, 5, 4, 5)).toBe("Champions");
    expect(segmentOf(compiled, 1, 5, 4)).toBe("Can't Lose Them");
    expect(segmentOf(compiled, 1, 1, 2)).toBe("Hibernating");
    expect(segmentOf(compiled, 1, 1, 1)).toBe("Lost");
  });

  it("compiles any partition, and the lookup agrees with it for all 125 scores", () => {
    fc.assert(
      fc.property(partition, score, score, score, (table, r, f, m) => {
        const name = segmentOf(compileSegmentTable(table), r, f, m);
        expect(table[name]).toContain(`${r}${frequencyMonetaryScore(f, m)}`);
      }),
    );
  });

  it("names the cells that are left out, whichever they are", () => {
    const holes = fc.uniqueArray(fc.constantFrom(...CELLS), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(partition, holes, (table, missing) => {
        const holed = Object.fromEntries(
          Object.entries(table).map(([name, cells]) => [name, cells.filter((cell) => !missing.includes(cell))]),
        );
        const error = caught(() => compileSegmentTable(holed));
        expect(error).toBeInstanceOf(SegmentTableError);
        for (const cell of missing) expect(error?.message).toContain(cell);
      }),
    );
  });

  it("names a cell that is covered twice, and both of its segments", () => {
    const table = { ...DEFAULT_SEGMENT_TABLE, Twice: ["33"] };
    expect(() => compileSegmentTable(table)).toThrow(/"33".*"Potential Loyalists".*"Twice"/);
    expect(() => compileSegmentTable({ All: [...CELLS, "11"] })).toThrow(SegmentTableError);
  });

  it.each(["", "5", "06", "60", "555", "5 4", "5,4", "ab", "５４", "-1", "54\n"])("refuses the cell %j", (cell) => {
    expect(() => compileSegmentTable({ All: CELLS, Odd: [cell] })).toThrow(SegmentTableError);
  });

  it("covers all cells or errs, for arbitrary tables", () => {
    const anyCell = fc.oneof(fc.constantFrom(...CELLS), fc.string({ maxLength: 3 }));
    const anyTable = fc.dictionary(fc.string(), fc.array(anyCell, { maxLength: 30 }));
    fc.assert(
      fc.property(anyTable, (table) => {
        const error = caught(() => expect(compileSegmentTable(table).filter((name) => name !== "")).toHaveLength(25));
        if (error !== undefined) expect(error).toBeInstanceOf(SegmentTableError);
      }),
    );
  });
});

function caught(run: () => unknown): Error | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
