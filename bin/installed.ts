#!/usr/bin/env node
/**
 * Where the installed program starts. It is one file apart from the bundle and imports nothing new by name, so that a
 * Node which is too old reads it to the end and says so.
 */
import nodeModule from "node:module";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { cacheFolder } from "./cacheFolder.ts";

const NEEDED = [22, 15] as const;

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1])) {
  process.stderr.write(
    `rfm needs Node ${NEEDED.join(".")} or later; this is Node ${process.versions.node}. See https://nodejs.org/download\n`,
  );
  process.exit(1);
}
// Before anything is compiled. The embedded database is WebAssembly, and to optimize it costs more than most runs gain
// by it.
setFlagsFromString("--liftoff-only");
keepCompiledCode();
await import("./main.ts");

/**
 * Compiled code stays in the user's cache folder between runs; worker threads follow. Where it cannot be written,
 * nothing is kept.
 */
function keepCompiledCode(): void {
  const folder = process.env.NODE_COMPILE_CACHE ?? join(cacheFolder(), "compiled");
  const { directory } = nodeModule.enableCompileCache(folder);
  if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= folder;
}
