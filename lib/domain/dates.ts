/** Calendar days as ISO text, like 2011-12-09; always in UTC, where every day has the same length. */

export const MS_PER_DAY = 86_400_000;

/** The ISO date of a moment, in UTC. */
export const isoDate = (moment: Date): string => moment.toISOString().slice(0, 10);

/** Days of an ISO date since 1970-01-01. */
export const dayNumber = (date: string): number => Date.parse(date) / MS_PER_DAY;

/** The ISO date so many days after 1970-01-01. */
export const dateOfDayNumber = (days: number): string => isoDate(new Date(days * MS_PER_DAY));

/** Whole days from one ISO date to another. */
export const daysBetween = (from: string, to: string): number => dayNumber(to) - dayNumber(from);

/** The ISO date so many days later. */
export const addDays = (date: string, days: number): string => dateOfDayNumber(dayNumber(date) + days);

/** The first day of the month so many after another's first day. */
export function addMonths(firstDay: string, months: number): string {
  const index = Number(firstDay.slice(0, 4)) * 12 + Number(firstDay.slice(5, 7)) - 1 + months;
  return `${String(Math.floor(index / 12)).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}-01`;
}
