/*
 * The deployed system in a cloud of third-party parts on this machine: the unchanged assembly by the CDK, a file dropped into
 * the bucket, and whether every customer is what the local engine says. `npm run cloud` is the same with a table.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Box, startBox } from "./box/box.ts";
import { installParts } from "./box/parts.ts";
import { runGroups } from "./runGroups.ts";
import { GROUPS } from "./scenarios/groups.ts";

const HALF_AN_HOUR_MS = 1_800_000;
const parts = installParts(() => {});
if ("missing" in parts) console.warn(`Skipped: ${parts.missing}.`);

describe.skipIf("missing" in parts)("the deployed system in the box (skipped where its parts are missing)", () => {
  let box: Box;
  beforeAll(async () => {
    if (!("missing" in parts)) box = await startBox(parts, () => {});
  });
  afterAll(() => box?.stop());

  it.each(GROUPS)(
    "says what the local engine says: $name",
    async (group) => {
      for (const { name, isGreen, seen } of await runGroups(box, [group], () => {}))
        expect.soft(isGreen ? "green" : seen, name).toBe("green");
    },
    HALF_AN_HOUR_MS,
  );
});
