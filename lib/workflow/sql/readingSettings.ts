import type { Config } from "../../domain/config/config.ts";
import { DEFAULT_CANCELLATION_PATTERN } from "../../domain/config/lineSettings.ts";
import type { ReadRequest } from "../../ports.ts";

type ReadingSettings = Omit<ReadRequest, "files" | "erased" | "outputPath" | "scratchDirectory"> &
  Required<Pick<ReadRequest, "policy">>;

/** What the configuration says of how files are written; what it leaves open is detected in them. */
export function readingSettings(config: Config): ReadingSettings {
  const { target, rates } = config.currency;
  const { rows, returnRows, amount, amountPer, orderNumbers, fillDown, versions } = config;
  return {
    mapping: config.columns as Record<string, string | number>,
    rowSettings: { rows, returnRows, amount, amountPer, orderNumbers, fillDown, versions },
    ...(Object.keys(config.fileColumns).length === 0 ? {} : { fileColumns: config.fileColumns }),
    ...(config.dateLayout === "auto" ? {} : { dateLayout: config.dateLayout }),
    ...(config.decimalMark === "auto" ? {} : { decimalMark: config.decimalMark }),
    ...(config.encoding === "auto" ? {} : { encoding: config.encoding }),
    ...(config.delimiter === "auto" ? {} : { delimiter: config.delimiter }),
    ...(config.header === "auto" ? {} : { header: config.header === "yes" }),
    ...(config.timeZone === null ? {} : { timeZone: config.timeZone }),
    ...(config.sheet === null ? {} : { sheet: config.sheet }),
    ...(target === null ? {} : { currency: { target, rates } }),
    policy: {
      statuses: config.statuses,
      ...(config.cancellationPattern === DEFAULT_CANCELLATION_PATTERN
        ? { cancellationPattern: DEFAULT_CANCELLATION_PATTERN }
        : {}),
      nonProducts: config.nonProducts,
      unreadLimit: config.quality.invalid.refuse,
    },
  };
}
