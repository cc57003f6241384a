/*
 * Loaded before a program (`node --import`): disturbs it right before a call that changes the file system. RFM_KILL_OF says which paths
 * count (a regular expression), RFM_KILL_AT which call of theirs it is, RFM_KILL_BY how: SIGKILL, as a power switch would, or the code
 * of an error that each call from there on fails with, as those of a full disk do. RFM_CALLS_TO names a file for the number of calls.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const of = new RegExp(process.env.RFM_KILL_OF ?? "^$");
const at = Number(process.env.RFM_KILL_AT ?? 0);
const by = process.env.RFM_KILL_BY ?? "SIGKILL";
let calls = 0;

const TAKING = ["rename", "link", "mkdir", "writeFile", "copyFile"] as const;
const FREEING = ["rm", "rmdir", "unlink"] as const;

type Call = (...given: never[]) => unknown;

/** A function of the file system that counts its calls, and is never called when its turn has come. */
function counting(original: Call, name: string, fail: (error: Error) => unknown): Call {
  return (...given) => {
    if (of.test(String(given[0])) || of.test(String(given[1]))) {
      calls += 1;
      if (calls === at && by === "SIGKILL") process.kill(process.pid, "SIGKILL");
      if (at > 0 && calls >= at && by !== "SIGKILL") {
        const told = { code: by, syscall: name, path: String(given[0]) };
        return fail(Object.assign(new Error(`${by}: ${name} '${told.path}'`), told));
      }
    }
    return original(...given);
  };
}

const promises = fs.promises as unknown as Record<string, Call>;
const sync = fs as unknown as Record<string, Call>;
const writeNumber = fs.writeFileSync;
// A full disk lets files go.
for (const name of by === "SIGKILL" ? [...TAKING, ...FREEING] : TAKING) {
  promises[name] = counting(promises[name] as Call, name, (error) => Promise.reject(error));
  sync[`${name}Sync`] = counting(sync[`${name}Sync`] as Call, name, (error) => {
    throw error;
  });
}
syncBuiltinESMExports();
process.on("exit", () => {
  if (process.env.RFM_CALLS_TO !== undefined) writeNumber(process.env.RFM_CALLS_TO, String(calls));
});
