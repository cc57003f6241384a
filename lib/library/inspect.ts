import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import type { ConfigInput } from "../domain/config/config.ts";
import { parseConfig } from "../domain/config/configFile.ts";
import type { Inspection } from "../ingest/findings/inspection.ts";
import { inspectDrop } from "../ingest/inspectDelivery.ts";
import { sourcesOf } from "../local/run/deliveryFiles.ts";
import { readingSettings } from "../workflow/sql/readingSettings.ts";
import { type Delivery, type DeliveryOptions, withFiles } from "./delivery.ts";

export interface InspectOptions extends DeliveryOptions {
  /** What `rfm.config.json` may hold. No file is read. */
  readonly settings?: ConfigInput;
}

/**
 * How a delivery is understood: formats, columns with their roles, values, and what must be answered before a run.
 * Nothing is written.
 * @throws SegmentationError for what cannot be read at all; what is merely open is among the questions.
 */
export async function inspect(delivery: Delivery, options: InspectOptions = {}): Promise<Inspection> {
  const config = parseConfig(options.settings ?? {}, "The settings");
  return withFiles(delivery, options, async (patterns) => {
    const files = await sourcesOf(patterns);
    const scratchDirectory = mkdtempSync(join(tmpdir(), "rfm-inspect-"));
    try {
      return await inspectDrop({
        files,
        ...readingSettings(config),
        cancellationPattern: config.cancellationPattern,
        scratchDirectory,
        threads: availableParallelism(),
      });
    } finally {
      rmSync(scratchDirectory, { recursive: true, force: true });
    }
  });
}
