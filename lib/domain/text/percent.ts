/**
 * A share as percent in sentences and tables that are written with the run: `72.5%`. The page says the same in the
 * digits of its locale.
 */
export const percentText = (share: number, decimals = 1): string => `${(100 * share).toFixed(decimals)}%`;

/** The same with a third decimal where one would round to nothing. */
export const finePercentText = (share: number): string => percentText(share, share > 0 && share < 0.001 ? 3 : 1);
