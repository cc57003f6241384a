import { SegmentationError } from "../../domain/errors.ts";
import type { SegmentDatabase } from "../../ports.ts";

/** The deployment has no segment database (`segmentDatabase: none`). */
export class NoSegmentDatabaseError extends SegmentationError {
  constructor() {
    super(
      "NO_SEGMENT_DATABASE",
      "This deployment has no segment database; its segments are in the bucket under curated/. Deploy with segmentDatabase=aurora to have one.",
    );
  }
}

/** The port where segments stay in the bucket: runs are published by their manifest alone. */
export function noSegmentDatabase(): SegmentDatabase {
  return {
    migrate: async () => undefined,
    stageRun: async () => undefined,
    loadPart: async () => 0,
    publish: async () => undefined,
    republish: () => Promise.reject(new NoSegmentDatabaseError()),
    runs: () => Promise.reject(new NoSegmentDatabaseError()),
    close: async () => undefined,
  };
}
