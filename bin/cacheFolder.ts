import { homedir } from "node:os";
import { join } from "node:path";

/** Where this user's programs keep what they can make again, and in it our own folder. */
export const cacheFolder = (): string => join(usersCache(), "rfm-segmentation");

function usersCache(): string {
  if (process.platform === "win32" && process.env.LOCALAPPDATA) return process.env.LOCALAPPDATA;
  if (process.env.XDG_CACHE_HOME) return process.env.XDG_CACHE_HOME;
  return join(homedir(), process.platform === "darwin" ? "Library/Caches" : ".cache");
}
