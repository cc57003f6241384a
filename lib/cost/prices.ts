import list from "./prices.us-east-1.json" with { type: "json" };

/** Names of the prices in the list. */
export type PriceName = keyof typeof list.prices;

/** The dated list of public prices that every estimate takes. */
export const priceList = list;

/** A price in USD, per the unit that its name says. */
export const price = (name: PriceName): number => list.prices[name].usd;

/** Prices for which no public page was found that gives the same figure. */
export const UNCONFIRMED_PRICES: readonly PriceName[] = (Object.keys(list.prices) as PriceName[]).filter(
  (name) => list.prices[name].confirmedBy === null,
);
