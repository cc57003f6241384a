import fc from "fast-check";
import { isFullEffort } from "./effort.ts";

// The quick form tries the same cases every time, so that a change is judged by what it changed; full effort tries new ones.
if (!isFullEffort) fc.configureGlobal({ seed: 20_261_130 });
