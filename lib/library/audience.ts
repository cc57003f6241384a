import { type AudienceRow, audienceFilter, audienceOrder, type ForecastFilter } from "../domain/audience/audience.ts";
import { configSchema } from "../domain/config/config.ts";
import { audienceRows } from "../local/audience/exportAudience.ts";
import { openLakeAudience } from "../local/audience/lakeSource.ts";
import { openFolderStore } from "../local/lake/folderStore.ts";

/** Whom a campaign is for; without a word on it, everybody. */
export interface AudienceOptions extends ForecastFilter {
  readonly segments?: readonly string[];
  /** By id, letter or label. */
  readonly clusters?: readonly string[];
  /** A column such as `expected-value-90`, the largest first; `:asc` turns it round. Default: by id. */
  readonly sort?: string;
  /** Only so many, the first by `sort`. */
  readonly top?: number;
  /** Holds customers of its own out, always the same ones. */
  readonly campaign?: string;
  /** Share of the customers to leave alone, 0..1. Default 0.1. */
  readonly holdoutShare?: number;
  /** A run that is kept; default the current one. */
  readonly run?: string;
}

/**
 * Customers of a run with the campaign's flag, as `rfm export` gives them.
 * @throws NoRunError, UnknownNameError; NoForecastError where a run without a forecast is asked by it.
 */
export async function* audienceOf(directory: string, options: AudienceOptions = {}): AsyncGenerator<AudienceRow> {
  const { segments = [], clusters = [], minExpectedValue, pAliveBelow, sort, top, campaign = "", run } = options;
  const { exports: settings } = configSchema.parse({});
  const holdout = { share: options.holdoutShare ?? settings.holdoutShare, campaign, salt: settings.salt };
  const forecast = {
    ...(minExpectedValue === undefined ? {} : { minExpectedValue }),
    ...(pAliveBelow === undefined ? {} : { pAliveBelow }),
  };
  const asked = {
    ...{ segments, clusters },
    ...(Object.keys(forecast).length === 0 ? {} : { forecast }),
    ...(sort === undefined ? {} : { order: audienceOrder(sort, top) }),
  };
  const source = await openLakeAudience(openFolderStore(directory), directory, run);
  try {
    const request = { source, holdout, filter: audienceFilter(asked, source) };
    for await (const chunk of audienceRows(request, { customers: 0, heldOut: 0 })) yield* chunk;
  } finally {
    await source.close();
  }
}
