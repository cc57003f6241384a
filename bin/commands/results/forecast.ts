import { Command, InvalidArgumentError, Option } from "commander";
import { isoDate } from "../../../lib/domain/dates.ts";
import type { TimeUnit } from "../../../lib/domain/forecast/forecast.ts";
import { LIFETIME_MODELS, type LifetimeModel } from "../../../lib/domain/forecast/types.ts";
import { forecastLake } from "../../../lib/local/lake/forecastLake.ts";
import { lakeOption, wholeNumber } from "../options.ts";
import { forecastText } from "./forecastReport.ts";

interface Flags {
  readonly lake: string;
  readonly asOf?: string;
  readonly horizon?: number;
  readonly model: LifetimeModel;
  readonly timeUnit: TimeUnit;
  readonly discount?: number;
  readonly json?: boolean;
}

/** `rfm forecast`: what customers are expected to do, from what was known on a day, and what came of it. */
export function forecastCommand(): Command {
  return new Command("forecast")
    .description("forecast the orders and the value of the current run's customers, and check it against what came")
    .addOption(lakeOption())
    .option("--as-of <date>", "know orders up to the end of this day only (default: the last day of the run)", isoDay)
    .option("--horizon <days>", "days ahead (default: the days known after the date, or 90)", daysAhead)
    .addOption(new Option("--model <name>", "of orders and of leaving").choices([...LIFETIME_MODELS]).default("bg-nbd"))
    .addOption(new Option("--time-unit <unit>", "unit of alpha").choices(["day", "week"]).default("day"))
    .option(
      "--discount <rate>",
      "yearly rate, 0 to 1: values are present values (default: that of the run)",
      yearlyRate,
    )
    .option("--json", "print it as JSON")
    .action(async ({ lake, asOf, horizon, model, timeUnit, discount, json }: Flags) => {
      const asked = { asOf, horizonDays: horizon, model, timeUnit, discountRate: discount };
      const forecast = await forecastLake(lake, asked);
      process.stdout.write(json === true ? `${JSON.stringify(forecast, null, 2)}\n` : forecastText(forecast));
    });
}

/** @throws InvalidArgumentError for anything but a day of the calendar. */
function isoDay(text: string): string {
  const moment = new Date(`${text}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(moment.getTime()) || isoDate(moment) !== text) {
    throw new InvalidArgumentError("It must be a date like 2011-09-30.");
  }
  return text;
}

/** @throws InvalidArgumentError for anything but a number from 0 to 1. */
function yearlyRate(text: string): number {
  const rate = Number(text);
  if (!/^\d*\.?\d+$/.test(text) || rate > 1) {
    throw new InvalidArgumentError("It must be a number from 0 to 1, like 0.1 for 10% a year.");
  }
  return rate;
}

/** @throws InvalidArgumentError for anything but 1 to 3650. */
function daysAhead(text: string): number {
  const days = wholeNumber(text);
  if (days < 1 || days > 3650) throw new InvalidArgumentError("It must be from 1 to 3650 days.");
  return days;
}
