import { type AudienceRow, audienceFilter } from "../domain/audience/audience.ts";
import { type AudienceOptions as AskedAudience, askedAudience } from "../domain/audience/audienceOptions.ts";
import { configSchema } from "../domain/config/config.ts";
import { audienceRows } from "../local/audience/exportAudience.ts";
import { openLakeAudience } from "../local/audience/lakeSource.ts";
import { openFolderStore } from "../local/lake/folderStore.ts";

/** Whom a campaign is for, and whom it leaves alone. */
export interface AudienceOptions extends AskedAudience {
  /** Holds customers of its own out, always the same ones. */
  readonly campaign?: string;
  /** Share of the customers to leave alone, 0..1. Default 0.1. */
  readonly holdoutShare?: number;
  /** A run that is kept; default the current one. */
  readonly run?: string;
}

/**
 * Customers of a run with the campaign's flag, as `rfm export` gives them.
 * @throws NoRunError, UnknownNameError; AudienceOptionError for `top` without `sort`;
 * NoForecastError where a run without a forecast is asked by it.
 */
export async function* audienceOf(directory: string, options: AudienceOptions = {}): AsyncGenerator<AudienceRow> {
  const { campaign = "", run } = options;
  const { exports: settings } = configSchema.parse({});
  const holdout = { share: options.holdoutShare ?? settings.holdoutShare, campaign, salt: settings.salt };
  const asked = askedAudience(options);
  const source = await openLakeAudience(openFolderStore(directory), directory, run);
  try {
    const request = { source, holdout, filter: audienceFilter(asked, source) };
    for await (const chunk of audienceRows(request, { customers: 0, heldOut: 0 })) yield* chunk;
  } finally {
    await source.close();
  }
}
