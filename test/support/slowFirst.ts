import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Folders of whole runs, killed processes and servers. */
const SLOW = /\/test\/(?:e2e|golden|local|workflow|api|report)\//;

/** The slow files start first, also where no earlier run has told how long each takes: at the end no worker idles. */
export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isSlow = ({ moduleId }: TestSpecification): boolean => SLOW.test(moduleId);
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))];
  }
}
