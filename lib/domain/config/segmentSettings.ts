import { z } from "zod";
import { compileSegmentTable, DEFAULT_SEGMENT_TABLE, type SegmentTable, SegmentTableError } from "../rfm/segments.ts";
import { type ScoreSettings, scoreBinsOf, scoreSettings } from "./scoreSettings.ts";

/** What the segments are. */
export const segmentSettings = z
  .record(z.string().min(1).max(60), z.array(z.string()))
  .prefault(Object.fromEntries(Object.entries(DEFAULT_SEGMENT_TABLE).map(([name, cells]) => [name, [...cells]])))
  .describe(
    'Segment name → its cells, R then FM, like "54"; "10-7" from 10 bins on. Either the 25 cells of fifths, or all cells of the scores\' own bins must be covered once.',
  );

interface Settings {
  readonly scores: ScoreSettings;
  readonly segments: SegmentTable;
}

/** Adds an issue unless every customer falls into exactly one segment. */
export function checkSegments({ scores, segments }: Settings, context: z.RefinementCtx): void {
  // This runs although bins are out of range, which is said already.
  if (!scoreSettings.safeParse(scores).success) return;
  try {
    compileSegmentTable(segments, scoreBinsOf(scores));
  } catch (error) {
    if (!(error instanceof SegmentTableError)) throw error;
    context.addIssue({ code: "custom", path: ["segments"], message: error.message });
  }
}
