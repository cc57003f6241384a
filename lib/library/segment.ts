import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { ConfigInput } from "../domain/config/config.ts";
import { parseConfig } from "../domain/config/configFile.ts";
import type { AsOf } from "../local/lake/asOf.ts";
import { NoLakeError } from "../local/lake/lakeQueries.ts";
import { postNews } from "../local/notify/postNews.ts";
import type { MachineEvent } from "../local/run/machine.ts";
import { runLocally } from "../local/run/runLocally.ts";
import { AsOfError } from "../workflow/ledger/asOf.ts";
import { type Delivery, type DeliveryOptions, withFiles } from "./delivery.ts";
import { openSegmentation, type Segmentation } from "./segmentation.ts";

/** How a run goes on: states that begin and end, and how many of their parts are done. */
export type ProgressEvent = MachineEvent;

/** Where and how a run works; everything has a default. */
export interface SegmentOptions extends DeliveryOptions {
  /** Folder of the lake, made where there is none: history, results, database. Default `lake`. */
  readonly lake?: string;
  /** What `rfm.config.json` may hold. No file is read. */
  readonly settings?: ConfigInput;
  /** A PostgreSQL server to load, as a URL; without it the embedded one in the lake. */
  readonly databaseUrl?: string;
  /** An earlier state of the history, beside what is published; without a delivery. */
  readonly asOf?: AsOf;
  /** How long to wait for another run on the same lake, in seconds. Default 60. */
  readonly waitSeconds?: number;
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Hears once that, and for whom, a run has to wait. */
  readonly onWait?: (reason: string) => void;
  /** Stops the run before it is published: it then throws RunAbortedError, and the lake shows what it showed before. */
  readonly signal?: AbortSignal;
}

export const DEFAULT_LAKE = "lake";
const DEFAULT_WAIT_SECONDS = 60;

/**
 * Adds a delivery to the history of a lake and segments all its customers: what `rfm run` does, by the same steps.
 * The same deliveries, settings and seed give the same segments to the byte.
 * @throws SegmentationError, of the class that names what is wrong; the lake then shows what it showed before.
 */
export async function segment(delivery: Delivery, options: SegmentOptions = {}): Promise<Segmentation> {
  const { lake = DEFAULT_LAKE, waitSeconds = DEFAULT_WAIT_SECONDS, asOf, onProgress, onWait, signal } = options;
  const { databaseUrl } = options;
  const config = parseConfig(options.settings ?? {}, "The settings");
  const lakeDirectory = resolve(lake);
  const { summary } = await withFiles(delivery, options, (files) => {
    if (asOf !== undefined && files.length > 0)
      throw new AsOfError("An earlier state of the history is segmented as it was: leave the files out.");
    if (files.length === 0 && !existsSync(lakeDirectory)) throw new NoLakeError(lake);
    return runLocally({
      lakeDirectory,
      files,
      config,
      waitMs: waitSeconds * 1000,
      ...(asOf === undefined ? {} : { asOf }),
      ...(onProgress === undefined ? {} : { onEvent: onProgress }),
      ...(onWait === undefined ? {} : { onWait }),
      ...(databaseUrl === undefined ? {} : { databaseUrl }),
      ...(signal === undefined ? {} : { signal }),
    });
  });
  // An earlier state is kept beside what is published: that is no news.
  const news = asOf === undefined ? await postNews(config, summary, process.env) : undefined;
  return openSegmentation(lakeDirectory, summary, news);
}
