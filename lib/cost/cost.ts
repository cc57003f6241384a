import { ASSUMED, BYTES, CURATED_BYTES_PER_CUSTOMER, SCANS, STATEMENTS_PER_RUN } from "./costBasis.ts";
import { price, priceList } from "./prices.ts";
import { MIN_BYTES_PER_STATEMENT } from "./runCost.ts";

export interface Workload {
  /** Lines of the whole history, which every run reads again. */
  readonly rows: number;
  /** Lines that each run adds; default: all of them. */
  readonly newRows?: number;
  readonly customers: number;
  readonly runsPerMonth: number;
  /** Whether segments are loaded into Aurora. */
  readonly database: "aurora" | "none";
}

export interface CostItem {
  readonly name: string;
  /** What it is multiplied from, for a person. */
  readonly basis: string;
  readonly usdPerMonth: number;
  /** Paid even in a month without a run. */
  readonly isIdle: boolean;
}

export interface CostEstimate {
  readonly region: string;
  /** Month of the prices. */
  readonly pricesAsOf: string;
  readonly items: readonly CostItem[];
  readonly usdPerMonth: number;
  readonly idleUsdPerMonth: number;
  /** Without what is paid anyway. */
  readonly usdPerRun: number;
  /** The same work elsewhere. */
  readonly alternatives: readonly CostItem[];
}

const HOURS_PER_MONTH = 730;
const EMR_NODES = 3;

/**
 * Monthly cost of a workload at list prices, item by item, without free tiers.
 * Quantities are estimates: sizes measured on real data, times assumed (see BYTES, SCANS, ASSUMED).
 * @example
 * ```ts
 * const monthly = { customers: 4_338, runsPerMonth: 30, database: "none" };
 * const usdPerMonth = (rows) => estimateCost({ ...monthly, rows }).usdPerMonth;
 * usdPerMonth(541_909) < usdPerMonth(5_419_090); // → true
 * ```
 */
export function estimateCost(workload: Workload): CostEstimate {
  const items = [
    ...runItems(workload),
    ...storageItems(workload),
    ...(workload.database === "aurora" ? databaseItems(workload) : []),
    keyItem(),
  ];
  const sum = (chosen: readonly CostItem[]): number => chosen.reduce((total, item) => total + item.usdPerMonth, 0);
  const idle = items.filter((item) => item.isIdle);
  const usdPerMonth = sum(items);
  const usdPerRun = workload.runsPerMonth === 0 ? 0 : (usdPerMonth - sum(idle)) / workload.runsPerMonth;
  return {
    region: priceList.region,
    pricesAsOf: priceList.asOf,
    items,
    usdPerMonth,
    idleUsdPerMonth: sum(idle),
    usdPerRun,
    alternatives: alternativesOf(workload),
  };
}

/** Bytes that the statements of one run scan, with Athena's minimum for each. */
export function scannedBytesPerRun(workload: ScannedRows): number {
  return readBytesPerRun(workload) + STATEMENTS_PER_RUN * MIN_BYTES_PER_STATEMENT;
}

export type ScannedRows = Pick<Workload, "rows" | "newRows" | "customers">;

/** Bytes that the statements of one run read of tables and files, by sizes measured on real data. */
export function readBytesPerRun({ rows, newRows = rows, customers }: ScannedRows): number {
  const read =
    SCANS.newRawRows * newRows * BYTES.rawPerLine +
    (SCANS.newTransactions * newRows + SCANS.history * rows) * BYTES.transactionPerLine +
    (SCANS.features * BYTES.featuresPerCustomer + SCANS.segments * BYTES.segmentsPerCustomer) * customers;
  return Math.max(read, 0);
}

function runItems(workload: Workload): CostItem[] {
  const { rows, newRows = rows, customers, runsPerMonth: runs } = workload;
  const shards = Math.max(1, Math.ceil(customers / ASSUMED.customersPerShard));
  const terabytes = (runs * scannedBytesPerRun(workload)) / 1e12;
  const ingest = ASSUMED.ingestGigabytes * (3 + ASSUMED.ingestSecondsPerLine * newRows);
  const workers = ASSUMED.workerGigabytes * (4 * shards + ASSUMED.workerSecondsPerCustomer * customers);
  const select = ASSUMED.selectGigabytes * ASSUMED.selectSeconds;
  const gigabyteSeconds = runs * (ingest + workers + select + ASSUMED.otherGigabyteSeconds);
  const requests = runs * (12 + 2 * shards);
  const transitions = runs * (ASSUMED.transitionsPerRun + ASSUMED.transitionsPerShard * shards);
  const item = (name: string, basis: string, usdPerMonth: number): CostItem => ({
    name,
    basis,
    usdPerMonth,
    isIdle: false,
  });
  const lambda =
    gigabyteSeconds * price("lambdaArmPerGigabyteSecond") + (requests / 1e6) * price("lambdaPerMillionRequests");
  const objects =
    (runs *
      ((ASSUMED.s3WritesPerRun + 6 * shards) * price("s3PerThousandWrites") +
        (ASSUMED.s3ReadsPerRun + 60 * shards) * price("s3PerThousandReads"))) /
    1_000;
  return [
    item("Athena", `${round(terabytes * 1_000, 2)} GB scanned`, terabytes * price("athenaPerTerabyteScanned")),
    item(
      "Lambda",
      `${Math.round(gigabyteSeconds).toLocaleString("en")} GB-seconds, ${requests.toLocaleString("en")} requests`,
      lambda,
    ),
    item(
      "Step Functions",
      `${transitions.toLocaleString("en")} transitions`,
      (transitions / 1_000) * price("stepFunctionsPerThousandTransitions"),
    ),
    item("S3 requests", `${shards} shard${shards === 1 ? "" : "s"} a run`, objects),
    item(
      "Logs",
      `${ASSUMED.logBytesPerRun / 1e6} MB a run`,
      ((runs * ASSUMED.logBytesPerRun) / 1e9) * price("cloudWatchPerGigabyteLogged"),
    ),
  ];
}

function storageItems({ rows, customers, runsPerMonth }: Workload): CostItem[] {
  const history = rows * (BYTES.originalPerLine + BYTES.rawPerLine + BYTES.transactionPerLine);
  const perRun = customers * CURATED_BYTES_PER_CUSTOMER;
  const gigabytes = (history + ASSUMED.curatedMonths * runsPerMonth * perRun) / 1e9;
  return [
    {
      name: "S3 storage",
      basis: `${round(gigabytes, 2)} GB`,
      usdPerMonth: gigabytes * price("s3PerGigabyteMonth"),
      isIdle: true,
    },
  ];
}

function databaseItems({ customers, runsPerMonth }: Workload): CostItem[] {
  const loadHours = customers / ASSUMED.databaseRowsPerSecond / 3_600;
  const unitHours =
    runsPerMonth *
    (loadHours * ASSUMED.databaseLoadUnits + (ASSUMED.databaseIdleMinutes / 60) * ASSUMED.databaseIdleUnits);
  const gigabytes = (ASSUMED.databaseRunsKept * customers * ASSUMED.databaseBytesPerCustomer) / 1e9;
  return [
    {
      name: "Aurora capacity",
      basis: `${round(unitHours, 2)} ACU-hours, readers not counted`,
      usdPerMonth: unitHours * price("auroraPerCapacityUnitHour"),
      isIdle: false,
    },
    {
      name: "Aurora storage",
      basis: `${round(gigabytes, 2)} GB`,
      usdPerMonth: gigabytes * price("auroraPerGigabyteMonth"),
      isIdle: true,
    },
    { name: "Database secret", basis: "1 secret", usdPerMonth: price("secretPerMonth"), isIdle: true },
  ];
}

const keyItem = (): CostItem => ({
  name: "Encryption key",
  basis: "1 key",
  usdPerMonth: price("kmsPerKeyMonth"),
  isIdle: true,
});

function alternativesOf({ runsPerMonth }: Workload): CostItem[] {
  const node = price("ec2M5XlargePerHour") + price("emrM5XlargeSurchargePerHour");
  const always = { isIdle: true, basis: `${HOURS_PER_MONTH} h` };
  const hours = runsPerMonth * ASSUMED.emrHoursPerRun;
  return [
    {
      ...always,
      name: "SageMaker endpoint, 1 × ml.m5.large",
      usdPerMonth: HOURS_PER_MONTH * price("sageMakerMlM5LargePerHour"),
    },
    { ...always, name: `EMR, ${EMR_NODES} × m5.xlarge, always on`, usdPerMonth: HOURS_PER_MONTH * EMR_NODES * node },
    {
      name: `EMR, ${EMR_NODES} × m5.xlarge, started for each run`,
      basis: `${hours} h`,
      usdPerMonth: hours * EMR_NODES * node,
      isIdle: false,
    },
  ];
}

function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}
