export { type DuckDbEngine, type DuckDbEngineOptions, openDuckDbEngine } from "./engine.ts";
export { LakeBusyError, SqlEngineError, UnloadTargetNotEmptyError } from "./errors.ts";
