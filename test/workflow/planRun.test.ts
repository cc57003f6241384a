import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lineageOf } from "../../lib/workflow/steps/planRun.ts";

const live = (source: string) => ({
  ...{ source, ingest_id: `i-${source}`, content_hash: "h", object_key: null },
  ...{ rows_in: 1, committed_at: "2024-01-01T00:00:00.000Z", superseded_orders: 0 },
});

describe("lineageOf", () => {
  it("is the same list for the same sources, in whatever order files of an UNLOAD are read", () => {
    const sources = fc.uniqueArray(fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 }), { maxLength: 12 });
    fc.assert(
      fc.property(sources, fc.infiniteStream(fc.nat()), (names, random) => {
        const shuffled = [...names].map((name) => ({ name, at: random.next().value as number }));
        shuffled.sort((a, b) => a.at - b.at);
        expect(lineageOf(shuffled.map(({ name }) => live(name)))).toEqual(lineageOf(names.map(live)));
      }),
    );
  });

  it("orders by bytes, as SQL does: an emoji comes after every letter", () => {
    expect(lineageOf(["\u{1f6d2}.csv", "\uffee.csv", "a.csv", "B.csv"].map(live)).map(({ source }) => source)).toEqual([
      "B.csv",
      "a.csv",
      "\uffee.csv",
      "\u{1f6d2}.csv",
    ]);
  });
});
