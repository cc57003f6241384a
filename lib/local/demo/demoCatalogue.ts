/** The demo shop's goods: household things, each kind in each finish. */
export interface Product {
  readonly id: string;
  readonly description: string;
  readonly priceCents: number;
}

/** Kind and its usual price in cents. Some names hold commas and quotes, as real catalogues do. */
const KINDS: readonly (readonly [string, number])[] = [
  ["serving board", 1850],
  ["tea towels, set of 3", 1190],
  ["mug", 790],
  ["espresso cups, pair", 1290],
  ["soup bowl", 950],
  ["salad bowl, large", 2450],
  ["candle holder", 1150],
  ["bread basket", 1690],
  ["napkin rings, set of 4", 890],
  ["storage jar", 1350],
  ['photo frame 5" x 7"', 1490],
  ["door mat", 2290],
  ["cushion cover", 1790],
  ["throw blanket", 4950],
  ["table runner", 2690],
  ["plant pot", 1250],
  ["watering can", 2190],
  ["letter rack", 1590],
  ["key tray", 1090],
  ["wall hook", 690],
  ["gift bag", 350],
  ["greeting card", 280],
  ["advent calendar", 1950],
  ["tree ornament", 490],
];

/** Finish and what it does to the price, in percent. */
const FINISHES: readonly (readonly [string, number])[] = [
  ["Oak", 120],
  ["Linen", 110],
  ["Stoneware", 100],
  ["Ash grey", 95],
  ["Sea blue", 95],
  ["Terracotta", 90],
  ["Moss green", 95],
  ["Striped", 85],
  ["Dotted", 80],
  ["Plain white", 75],
  ["Copper", 135],
  ["Hand-painted", 150],
];

/** All products, in a fixed order. */
export function createCatalogue(): Product[] {
  return KINDS.flatMap(([kind, usualCents], kindIndex) =>
    FINISHES.map(([finish, percent], finishIndex) => ({
      id: `H${String(kindIndex + 1).padStart(2, "0")}-${String(finishIndex + 1).padStart(2, "0")}`,
      description: `${finish} ${kind}`,
      priceCents: Math.round((usualCents * percent) / 100),
    })),
  );
}
