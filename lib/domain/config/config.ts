import { z } from "zod";
import { HOLDOUT_TEXT } from "../audience/holdout.ts";
import { DEFAULT_QUALITY_RULES, qualityRuleSchema } from "../quality/qualityRule.ts";
import { ROLES } from "../roles.ts";
import { clusterSettings } from "./clusterSettings.ts";
import { displaySettings } from "./displaySettings.ts";
import { forecastSettings } from "./forecastSettings.ts";
import {
  cancellationPatternSetting,
  currencySettings,
  isoDate,
  nonProductSettings,
  statusSettings,
  timeZoneSetting,
} from "./lineSettings.ts";
import { notifySettings } from "./notifySettings.ts";
import { fileColumnSettings, rowSettings } from "./rowSettings.ts";
import { checkFeatures } from "./runFeatures.ts";
import { scoreSettings } from "./scoreSettings.ts";
import { checkLabels, checkSegments, segmentSettings } from "./segmentSettings.ts";

const share = z.number().min(0).max(1);
const threshold = z
  .strictObject({
    warn: share.default(1).describe("A share above this is reported as a warning."),
    refuse: share.default(1).describe("A share above this refuses the drop; nothing changes."),
  })
  .describe("Shares of the rows of a drop, 0..1. 1 never triggers.");

const holdoutText = z.string().regex(HOLDOUT_TEXT, "must be up to 100 printable characters");

const columns = z
  .partialRecord(z.enum(ROLES), z.union([z.string().min(1), z.int().min(1)]))
  .describe("Which column of the file has which role, by name or by position counted from 1. Others are recognised.");

/** The whole configuration of a run; every setting has a default. */
export const configSchema = z
  .strictObject({
    $schema: z.string().optional(),
    columns: columns.default({}),
    fileColumns: fileColumnSettings,
    ...rowSettings,
    dateLayout: z
      .enum(["auto", "ymd", "dmy", "mdy", "swapped"])
      .default("auto")
      .describe(
        "Order of day, month and year where the file leaves it open. swapped: a spreadsheet has swapped day and month of the dates that it took for dates, so 2024-06-01 is the 6th of January.",
      ),
    decimalMark: z
      .enum(["auto", "point", "comma"])
      .default("auto")
      .describe("What stands between units and fraction where the file leaves it open."),
    encoding: z
      .string()
      .min(1)
      .max(40)
      .default("auto")
      .describe("Character encoding of the files, such as windows-1252 or cp437; auto: detected from their bytes."),
    delimiter: z
      .string()
      .min(1)
      .max(9)
      .default("auto")
      .describe("What stands between fields: one ASCII character or comma, semicolon, tab, pipe, space."),
    header: z.enum(["auto", "yes", "no"]).default("auto").describe("Whether the first line names the columns."),
    sheet: z
      .string()
      .min(1)
      .max(31)
      .nullable()
      .default(null)
      .describe("The sheet of a workbook; null: all that have the columns of transactions."),
    timeZone: timeZoneSetting,
    snapshotDate: z
      .union([z.literal("auto"), isoDate])
      .default("auto")
      .describe("Recency is counted to this date; auto: the last purchase + 1 day."),
    windowMonths: z
      .int()
      .min(1)
      .max(1200)
      .nullable()
      .default(null)
      .describe("Only the last N months before the snapshot date count; null: the whole history."),
    returns: z
      .enum(["drop", "match", "net", "count"])
      .default("drop")
      .describe(
        "drop: returns do not count. match: a return takes its purchase back, and an order that was cancelled whole is no order. net: money is purchases minus returns. count: every line counts.",
      ),
    duplicates: z
      .enum(["drop", "keep"])
      .default("drop")
      .describe("What becomes of exact copies of a line within one file."),
    overlap: z
      .enum(["replace-orders", "keep", "refuse"])
      .default("replace-orders")
      .describe(
        "Orders that two files have in common, line for line or in part. replace-orders: the latest file's version of such an order counts. keep: both count. refuse: the drop is refused.",
      ),
    copies: z
      .enum(["refuse", "allow"])
      .default("refuse")
      .describe(
        "A file whose rows are all in the history already, under another name: refused, or taken like any other.",
      ),
    frequencyBasis: z
      .enum(["auto", "orders", "active_days", "lines"])
      .default("auto")
      .describe(
        "What frequency counts. orders: distinct orders; a line without an order id belongs to its customer's order of that day. active_days: days with a purchase. lines: each line is a purchase. auto: orders.",
      ),
    cancellationPattern: cancellationPatternSetting,
    nonProducts: nonProductSettings,
    statuses: statusSettings,
    currency: currencySettings,
    validDates: z
      .strictObject({
        earliest: isoDate.default("1990-01-01"),
        latest: z
          .union([z.literal("auto"), isoDate])
          .default("auto")
          .describe("auto: the day after the drop."),
      })
      .prefault({})
      .describe("A line dated outside is dropped as date_out_of_range."),
    clusters: clusterSettings.prefault({}),
    scores: scoreSettings.prefault({}),
    segments: segmentSettings,
    backtest: z
      .strictObject({
        enabled: z.boolean().default(true),
        holdoutDays: z.int().min(1).max(3660).default(90),
      })
      .prefault({})
      .describe(
        "What segments and clusters of so many days ago say about the money spent since; in every run whose history is at least twice as long.",
      ),
    forecast: forecastSettings.prefault({}),
    quality: z
      .strictObject({
        unreadable: threshold.prefault({ warn: 0, refuse: 0.05 }),
        invalid: threshold.prefault({ warn: 0, refuse: 0.05 }),
        missingCustomer: threshold.prefault({ warn: 0.3, refuse: 0.95 }),
        dropped: threshold.prefault({ warn: 0.5, refuse: 1 }),
        rules: z
          .array(qualityRuleSchema)
          .max(50)
          .prefault([...DEFAULT_QUALITY_RULES])
          .describe("What a drop should look like; each rule that it breaks is a finding."),
      })
      .prefault({})
      .describe("When a drop is warned about or refused."),
    display: displaySettings,
    notify: notifySettings,
    exports: z
      .strictObject({
        holdoutShare: share
          .default(0.1)
          .describe("Share of the customers that a campaign leaves alone, so that its effect can be measured."),
        salt: holdoutText.default("").describe("Another salt holds other customers out, in all campaigns."),
      })
      .prefault({})
      .describe("Audiences written by `rfm export`. Decides nothing about the segments."),
  })
  .superRefine(checkSegments)
  .superRefine(checkLabels)
  .superRefine(checkFeatures)
  .refine((c) => c.clusters.minK <= c.clusters.maxK, {
    path: ["clusters", "minK"],
    message: "is greater than clusters.maxK",
  });

export type Config = z.infer<typeof configSchema>;
/** A configuration as a user writes it: every setting may be left out. */
export type ConfigInput = z.input<typeof configSchema>;
