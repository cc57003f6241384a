#!/usr/bin/env -S node --liftoff-only
// The embedded database is WebAssembly: optimizing it in the background costs a short-lived program twice what it gains.
import { enableCompileCache } from "node:module";

// Compiled code, stripped of its types, is kept between runs: starting takes half the time. Worker threads follow.
const { directory } = enableCompileCache();
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
await import("./main.ts");
