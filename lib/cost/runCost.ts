import { price, priceList } from "./prices.ts";

/** Athena charges for at least this many bytes of a statement, and nothing for DDL. */
export const MIN_BYTES_PER_STATEMENT = 10e6;

/** What one run used of what AWS charges for. */
export interface RunQuantities {
  /** Statements but DDL. */
  readonly chargedStatements: number;
  /** Bytes that Athena charges for, with its minimum of each statement. */
  readonly bytesCharged: number;
  readonly gigabyteSeconds: number;
  readonly invocations: number;
  readonly stateTransitions: number;
  readonly storeReads: number;
  readonly storeWrites: number;
}

export interface RunCostItem {
  readonly name: string;
  /** What it is multiplied from, for a person. */
  readonly basis: string;
  readonly usd: number;
}

export interface RunCost {
  readonly usd: number;
  readonly items: RunCostItem[];
  readonly region: string;
  /** Month of the prices. */
  readonly pricesAsOf: string;
}

const count = (value: number): string => value.toLocaleString("en");
const rounded = (value: number, digits: number): number => Math.round(value * 10 ** digits) / 10 ** digits;
/** Millionths of a cent: below that a price says nothing. */
const USD_DIGITS = 8;

/** The money of one run at list prices, item by item, without free tiers. */
export function costOfRun(used: RunQuantities): RunCost {
  const item = (name: string, basis: string, usd: number): RunCostItem => ({
    name,
    basis,
    usd: rounded(usd, USD_DIGITS),
  });
  const items = [
    item(
      "Athena",
      `${count(rounded(used.bytesCharged / 1e6, 1))} MB charged for ${count(used.chargedStatements)} statements`,
      (used.bytesCharged / 1e12) * price("athenaPerTerabyteScanned"),
    ),
    item(
      "Lambda",
      `${count(rounded(used.gigabyteSeconds, 2))} GB-seconds, ${count(used.invocations)} calls`,
      used.gigabyteSeconds * price("lambdaArmPerGigabyteSecond") +
        (used.invocations / 1e6) * price("lambdaPerMillionRequests"),
    ),
    item(
      "Step Functions",
      `${count(used.stateTransitions)} transitions`,
      (used.stateTransitions / 1_000) * price("stepFunctionsPerThousandTransitions"),
    ),
    item(
      "S3 requests",
      `${count(used.storeWrites)} writing, ${count(used.storeReads)} reading`,
      (used.storeWrites * price("s3PerThousandWrites") + used.storeReads * price("s3PerThousandReads")) / 1_000,
    ),
  ];
  const usd = rounded(
    items.reduce((sum, each) => sum + each.usd, 0),
    USD_DIGITS,
  );
  return { usd, items, region: priceList.region, pricesAsOf: priceList.asOf };
}
