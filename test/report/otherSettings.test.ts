import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sharesTitle } from "../../lib/domain/dashboard/analysisTitles.ts";
import { createFormat } from "../../lib/domain/dashboard/format.ts";
import { headlineOf } from "../../lib/domain/dashboard/headline.ts";
import { changedSettings } from "../../lib/domain/dashboard/salesSentences.ts";
import { customersTitle } from "../../lib/domain/dashboard/segment/customerTitles.ts";
import { segmentHeadline } from "../../lib/domain/dashboard/segment/headline.ts";
import {
  matrixTitle,
  movementTitle,
  otherReason,
  reasonTitle,
  valueTitle,
} from "../../lib/domain/dashboard/segment/movementTitles.ts";
import type { EarlierRun } from "../../lib/domain/dashboard/types.ts";
import type { Summary } from "../../lib/domain/run/summary.ts";
import { effort } from "../support/effort.ts";
import { dateOf, salesOf, summaryOf, type World, worlds } from "./shopWorld.ts";

/** Under other settings than the run before's, nothing is told as what customers did. */

const format = createFormat({ locale: "en-US", currency: null });
const BEHAVIOUR = /\b(moved?|moves|stayed|left|came|gained|lost|rose|fell|customers? (?:who )?changed)\b/i;
const RATE = { setting: "forecast.discountRate", before: "0", now: "0.1" };
const RETURNS = { setting: "returns", before: "drop", now: "net" };

const earlierOf = ({ snapshotDay, segments }: World): EarlierRun =>
  ({
    ...{ runId: "a", snapshotDate: dateOf(snapshotDay) },
    totals: { customers: 1, orders: 1, revenue: 10, averageOrderValue: 10, repeatRate: 0 },
    segments: segments.map((name) => ({ name, customers: 1 })),
  }) as unknown as EarlierRun;

const under = (world: World, changed: readonly object[]): Summary =>
  ({
    ...summaryOf(world),
    comparison: { runId: "a", snapshotDate: dateOf(world.snapshotDay), changed },
  }) as unknown as Summary;

/** The names of segments hold words like "Lost", so they are taken out. */
const bare = (text: string, world: World): string =>
  Object.keys(world.table).reduce((left, name) => left.replaceAll(name, "…"), text);

describe("a run under other settings", () => {
  it("tells of no behaviour in any title or sentence, and says the settings first", () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const summary = under(world, [RETURNS]);
        const { movement } = summary;
        if (movement == null) throw new Error("The world has movement.");
        const titles = [null, ...world.segments].flatMap((segment) => [
          movementTitle(movement, format, segment, true),
          reasonTitle(movement, format, segment, true),
          valueTitle(movement, format, segment, true),
          matrixTitle(movement, format, segment, true),
          ...(["in", "out"] as const).map((list) =>
            customersTitle(
              { list, segment, rows: [], of: 3 },
              { revenue: 1, earlierDate: dateOf(world.snapshotDay), hasForecast: true, isOtherwise: true },
              format,
            ),
          ),
        ]);
        const sentences = [
          headlineOf(summary, earlierOf(world), [], format),
          ...world.segments.map((segment) =>
            segmentHeadline(summary, earlierOf(world), salesOf(world, segment).months, format, segment),
          ),
        ];
        for (const [first, ...rest] of sentences) {
          expect(first).toMatch(/^Settings changed since the run as of .+: returns from drop to net\. Differences/);
          titles.push(...rest);
        }
        for (const text of [...titles, otherReason(true)].filter((title) => title !== "Every customer is new")) {
          expect(bare(text, world).replace("The settings changed, or the customer", "")).not.toMatch(BEHAVIOUR);
        }
      }),
      { numRuns: effort(40, 400), seed: 17 },
    );
  });

  it("says a changed rate of the forecast, and goes on to tell who moved", () => {
    const [world] = fc.sample(worlds, { numRuns: 1, seed: 3 }) as [World];
    const summary = under(world, [RATE]);
    const [first, ...rest] = headlineOf(summary, earlierOf(world), [], format);
    expect(first).toMatch(/forecast\.discountRate from 0 to 0\.1\. They change what is expected of the customers, and/);
    expect(rest.join(" ")).toMatch(BEHAVIOUR);
    expect(changedSettings(under(world, [RATE, RETURNS]), format).join()).toMatch(/not from customers alone\.$/);
  });

  it("names the settings where shares are compared over runs", () => {
    const runs = [["a", "2024-01-01"] as const, ["b", "2024-02-01"] as const];
    const shareOf = (run: string): number => (run === "a" ? 0.2 : 0.3);
    const title = (isOtherwise: boolean) => sharesTitle(runs, ["X"], shareOf, format, { segment: "X", isOtherwise });
    expect(title(true)).toBe("X: from 20% of customers to 30% over 2 runs whose settings differ");
    expect(title(false)).toBe("X: from 20% of customers to 30% over 2 runs");
  });
});
