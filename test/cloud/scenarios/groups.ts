import type { Settings } from "../box/deployment.ts";
import type { Scenario } from "../stage/scenario.ts";
import { readingByApi, scoringByApi } from "./api.ts";
import { fiveAtOnce } from "./atOnce.ts";
import { firstDrop, folderDrop, refusedDrop, sameAgain, secondDrop } from "./drops.ts";
import { databaseAtZero, failedShard, passingFaults } from "./faults.ts";
import { keysInFolder, keysOfFiles, taggedObject } from "./keys.ts";
import { promotion } from "./models.ts";
import { takenActions } from "./roles.ts";
import { scoreJobToObjects } from "./scoreJobs.ts";

/** Scenarios that share one deployment and one history, in this order. */
export interface ScenarioGroup {
  readonly name: string;
  /** Settings of the deployment; `environment` is the group's name. */
  readonly settings: Settings;
  readonly scenarios: readonly Scenario[];
}

export const GROUPS: readonly ScenarioGroup[] = [
  { name: "drops", settings: {}, scenarios: [firstDrop, secondDrop, sameAgain, folderDrop, refusedDrop] },
  {
    name: "api",
    settings: {},
    scenarios: [firstDrop, secondDrop, readingByApi, scoringByApi, scoreJobToObjects, promotion],
  },
  { name: "keys", settings: {}, scenarios: [firstDrop, ...keysOfFiles, keysInFolder, taggedObject] },
  { name: "faults", settings: {}, scenarios: [firstDrop, passingFaults, databaseAtZero, failedShard, fiveAtOnce] },
  { name: "roles", settings: {}, scenarios: [firstDrop, ...takenActions] },
];
