/*
 * Loaded before a program (`node --import`): ends it with SIGKILL right before a call that changes the file system, as a power switch
 * would. RFM_KILL_OF says which paths count (a regular expression), RFM_KILL_AT which call of theirs is the last.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

const of = new RegExp(process.env.RFM_KILL_OF ?? "^$");
const at = Number(process.env.RFM_KILL_AT ?? 0);
let calls = 0;

const NAMES = ["rename", "rm", "link", "mkdir", "writeFile", "copyFile", "rmdir", "unlink"] as const;

/** A function of the file system that counts its calls, and is never called when its turn has come. */
function counting<F extends (...given: never[]) => unknown>(original: F): F {
  return ((...given: Parameters<F>) => {
    if (of.test(String(given[0])) || of.test(String(given[1]))) {
      calls += 1;
      if (calls === at) process.kill(process.pid, "SIGKILL");
    }
    return original(...given);
  }) as F;
}

const promises = fs.promises as unknown as Record<string, (...given: never[]) => unknown>;
const sync = fs as unknown as Record<string, (...given: never[]) => unknown>;
for (const name of NAMES) {
  promises[name] = counting(promises[name] as (...given: never[]) => unknown);
  sync[`${name}Sync`] = counting(sync[`${name}Sync`] as (...given: never[]) => unknown);
}
syncBuiltinESMExports();
