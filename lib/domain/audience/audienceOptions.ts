import { SegmentationError } from "../errors.ts";
import { type AudienceOrder, audienceOrder, type ForecastFilter } from "./audience.ts";

/** Whom an audience is for, as people say it; without a word on it, everybody. */
export interface AudienceOptions extends ForecastFilter {
  readonly segments?: readonly string[];
  /** By id, letter or label. */
  readonly clusters?: readonly string[];
  /** A column such as `expected-value-90`, the largest first; `:asc` turns it round. Default: by id. */
  readonly sort?: string;
  /** Only so many, the first by `sort`. */
  readonly top?: number;
}

/** Options of an audience that do not go together. */
export class AudienceOptionError extends SegmentationError {
  constructor(message: string) {
    super("EXPORT_OPTION", message);
  }
}

type Given = { readonly [Name in keyof AudienceOptions]: AudienceOptions[Name] | undefined };

/** What is asked for, before the run's names are known. @throws AudienceOptionError, UnknownNameError */
export function askedAudience({ segments, clusters, minExpectedValue, pAliveBelow, sort, top }: Given): {
  readonly segments: readonly string[];
  readonly clusters: readonly string[];
  readonly forecast?: ForecastFilter;
  readonly order?: AudienceOrder;
} {
  if (sort === undefined && top !== undefined)
    throw new AudienceOptionError("--top needs to know of what: add --sort expected-value-90.");
  const forecast = {
    ...(minExpectedValue === undefined ? {} : { minExpectedValue }),
    ...(pAliveBelow === undefined ? {} : { pAliveBelow }),
  };
  return {
    ...{ segments: segments ?? [], clusters: clusters ?? [] },
    ...(Object.keys(forecast).length === 0 ? {} : { forecast }),
    ...(sort === undefined ? {} : { order: audienceOrder(sort, top) }),
  };
}
