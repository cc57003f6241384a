import type { Scenario } from "../stage/scenario.ts";
import { expectSucceeded } from "../stage/twin.ts";
import { shop } from "./drops.ts";

/** Longest name that S3 takes under `incoming/`: a key has 1,024 bytes, `raw/ingest_id=…/original/` needs some. */
const LONG_NAME = `${"ü".repeat(110)}${"k".repeat(20)}.csv`;
const NAMES = [
  "sales+refills.csv",
  "rabatt 50%.csv",
  "a%20b.csv",
  "käse & brötchen.csv",
  "🛒 (1).csv",
  "it's=fine;,!@$.csv",
] as const;

/** One name a run: what an event carries, what an execution is called, where the copy goes. */
export const keysOfFiles: Scenario[] = [...NAMES.slice(0, 3), LONG_NAME].map((name, i) => ({
  name: `key ${name.length > 40 ? `of ${Buffer.byteLength(`incoming/${name}`)} bytes` : `'${name}'`}`,
  run: ({ twin }) => twin.drop(shop(name, 20 + i, 300)),
}));

/** The file system under the box's S3 takes names of 255 bytes, so that a key is long by its folders. */
const DEEP = ["ü".repeat(120), "ö".repeat(120), "ä".repeat(120), "k".repeat(240)].join("/");

/** A key of 1,000 bytes: the copy of what was dropped cannot have so long a name. */
export const longestKey: Scenario = {
  name: "a key of 1,000 bytes in a folder",
  run: async ({ cloud, twin }) => {
    const room = 1_000 - Buffer.byteLength(`incoming/${DEEP}/.csv`);
    const file = shop(`${DEEP}/${"z".repeat(room)}.csv`, 45, 200);
    await cloud.put(`incoming/${file.name}`, file.text);
    const folder = DEEP.split("/")[0] as string;
    const execution = await cloud.drop(`incoming/${folder}/_SUCCESS`, "");
    return twin.expectSame(expectSucceeded(execution), [file], { folder });
  },
};

/** All of them in one folder: listed, not told by an event. */
export const keysInFolder: Scenario = {
  name: "keys with spaces, +, %, %20, umlauts, emoji in a folder",
  run: async ({ cloud, twin }) => {
    const files = NAMES.map((name, i) => shop(`odd names ü+%/${name}`, 30 + i, 200));
    for (const { name, text } of files) await cloud.put(`incoming/${name}`, text);
    const execution = await cloud.drop("incoming/odd names ü+%/_SUCCESS", "");
    return twin.expectSame(expectSucceeded(execution), files, { folder: "odd names ü+%" });
  },
};

export const taggedObject: Scenario = {
  name: "an object with tags",
  run: ({ twin }) => twin.drop(shop("tagged.csv", 40, 300), { tagging: "GuardDutyMalwareScanStatus=NO_THREATS_FOUND" }),
};
