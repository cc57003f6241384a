import { setTimeout as delay } from "node:timers/promises";
import type { Scenario } from "../stage/scenario.ts";

/** The setting that the scenario needs; shorter, and runs would wait for one another. */
export const REFRESH_SCHEDULE = "rate(4 minutes)";
const FIRST_SECONDS = 900;

/** EventBridge Scheduler starts a run without a drop: the history as it is, segmented again. */
export const scheduledRefresh: Scenario = {
  name: `a refresh by the schedule ${REFRESH_SCHEDULE}`,
  run: async ({ cloud, twin }) => {
    for (let second = 0; second < FIRST_SECONDS; second++) {
      const refreshes = (await cloud.executions()).filter((arn) => /:refresh-[\dTZ]+$/.test(arn));
      const first = refreshes.at(-1);
      if (first !== undefined)
        return `${first.split(":").at(-1)}; ${await twin.expectSameHistory(await cloud.ended(first))}`;
      await delay(1000);
    }
    throw new Error(`no refresh within ${FIRST_SECONDS} s`);
  },
};
