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
    expect(compiled.names).toHaveLength(125);
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

  it.each([
    [2, "Need Attention", "Loyal Customers"],
    [3, "Lost", "Champions"],
    [4, "Lost", "Champions"],
    [10, "Lost", "Champions"],
  ])("names %d bins by the fifth that the middle of each is in", (bins, worst, best) => {
    const compiled = compileSegmentTable(DEFAULT_SEGMENT_TABLE, { recencyDays: bins, frequency: bins, monetary: bins });
    expect(compiled.names).toHaveLength(bins ** 3);
    expect(segmentOf(compiled, 1, 1, 1)).toBe(worst);
    expect(segmentOf(compiled, bins, bins, bins)).toBe(best);
  });

  it("takes a table over the bins' own cells, too", () => {
    const thirds = { recencyDays: 3, frequency: 3, monetary: 3 };
    const table = { Best: ["33", "32"], Rest: ["31", "23", "22", "21", "13", "12", "11"] };
    const compiled = compileSegmentTable(table, thirds);
    expect([segmentOf(compiled, 3, 2, 1), segmentOf(compiled, 3, 1, 1)]).toEqual(["Best", "Rest"]);
    expect(() => compileSegmentTable({ Best: ["33"] }, thirds)).toThrow(
      /leaves out the cells 11, 12, 13, 21, 22, 23, 31, 32/,
    );
    expect(() => compileSegmentTable({ Best: ["34"] }, thirds)).toThrow(
      /"34" is not a cell; write R from 1 to 3 and FM from 1 to 3, like "32"/,
    );
    const tenths = { recencyDays: 10, frequency: 10, monetary: 10 };
    const all = Array.from({ length: 100 }, (_, i) => `${Math.floor(i / 10) + 1}-${(i % 10) + 1}`);
    expect(segmentOf(compileSegmentTable({ All: all.slice(0, 99), Best: ["10-10"] }, tenths), 10, 10, 9)).toBe("Best");
  });

  it("gives every combination of scores one segment, whatever the bins", () => {
    const bins = fc.integer({ min: 2, max: 10 });
    fc.assert(
      fc.property(partition, bins, bins, bins, (table, recencyDays, frequency, monetary) => {
        const { names } = compileSegmentTable(table, { recencyDays, frequency, monetary });
        expect(names).toHaveLength(recencyDays * frequency * monetary);
        for (const name of names) expect(Object.keys(table)).toContain(name);
      }),
    );
  });

  it("covers all cells or errs, for arbitrary tables", () => {
    const anyCell = fc.oneof(fc.constantFrom(...CELLS), fc.string({ maxLength: 3 }));
    const anyTable = fc.dictionary(fc.string(), fc.array(anyCell, { maxLength: 30 }));
    fc.assert(
      fc.property(anyTable, (table) => {
        const error = caught(() =>
          expect(compileSegmentTable(table).names.filter((name) => name !== "")).toHaveLength(125),
        );
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
