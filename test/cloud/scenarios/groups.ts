import type { Box } from "../box/box.ts";
import type { Settings } from "../box/deployment.ts";
import type { Precedent, Scenario } from "../stage/scenario.ts";
import { readingByApi, scoringByApi } from "./api.ts";
import { fiveAtOnce } from "./atOnce.ts";
import { destruction, dropAfterUpdate, failedFirst, olderRelease } from "./deployments.ts";
import { firstDrop, folderDrop, refusedDrop, sameAgain, secondDrop } from "./drops.ts";
import { databaseAtZero, failedShard, passingFaults } from "./faults.ts";
import { keysInFolder, keysOfFiles, longestKey, taggedObject } from "./keys.ts";
import { forgottenCustomer, forgottenSource, tidied } from "./maintenance.ts";
import { loggedModel, mlflowServer, serverDown } from "./modelLog.ts";
import { promotion } from "./models.ts";
import { ownBucketAndKey } from "./ownResources.ts";
import { takenActions } from "./roles.ts";
import { REFRESH_SCHEDULE, scheduledRefresh } from "./schedules.ts";
import { scoreJobToDatabase, scoreJobToObjects } from "./scoreJobs.ts";
import { streamTick } from "./streams.ts";

/** Scenarios that share one deployment and one history, in this order. */
export interface ScenarioGroup {
  readonly name: string;
  /** Settings of the deployment; `environment` is the group's name. */
  readonly settings: Settings;
  /** Makes what the settings name, of the user's own. @returns these settings. */
  readonly prepare?: (box: Box) => Promise<Settings>;
  /** What befalls the account before the assembly is deployed. */
  readonly before?: Precedent;
  readonly scenarios: readonly Scenario[];
}

export const GROUPS: readonly ScenarioGroup[] = [
  { name: "drops", settings: {}, scenarios: [firstDrop, secondDrop, sameAgain, folderDrop, refusedDrop] },
  {
    name: "api",
    settings: {},
    scenarios: [
      ...[firstDrop, secondDrop, readingByApi, scoringByApi],
      ...[scoreJobToObjects, scoreJobToDatabase, promotion],
    ],
  },
  { name: "keys", settings: {}, scenarios: [...keysOfFiles, keysInFolder, longestKey, taggedObject] },
  { name: "faults", settings: {}, scenarios: [firstDrop, passingFaults, databaseAtZero, failedShard, fiveAtOnce] },
  {
    name: "again",
    settings: {},
    before: failedFirst,
    scenarios: [firstDrop, secondDrop, forgottenSource, forgottenCustomer, tidied],
  },
  {
    name: "lean",
    settings: { segmentDatabase: "none", api: "off", removalPolicy: "destroy" },
    scenarios: [firstDrop, secondDrop, destruction("destroy")],
  },
  {
    name: "stream",
    settings: { stream: "on", segmentDatabase: "none", api: "off" },
    scenarios: [streamTick, destruction("retain")],
  },
  {
    name: "own",
    settings: { api: "off", refreshSchedule: REFRESH_SCHEDULE },
    prepare: ownBucketAndKey,
    scenarios: [firstDrop, scheduledRefresh],
  },
  {
    name: "mlflow",
    settings: { segmentDatabase: "none", api: "off" },
    prepare: mlflowServer,
    scenarios: [firstDrop, loggedModel, serverDown],
  },
  { name: "update", settings: {}, before: olderRelease, scenarios: [dropAfterUpdate] },
  { name: "roles", settings: {}, scenarios: [firstDrop, ...takenActions] },
];
