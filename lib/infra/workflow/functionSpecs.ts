import { STEPS, type StepName } from "../../workflow/taskSteps.ts";

/**
 * What each Lambda function does in the lake, how much it needs and why. `lib/infra/workflow/functions.ts` builds them
 * from this.
 */

export interface LakeAccess {
  /** Prefixes whose objects it reads. */
  readonly reads: readonly string[];
  /** Prefixes whose objects it writes. */
  readonly writes: readonly string[];
  /** Prefixes that it lists. */
  readonly lists: readonly string[];
  /** Patterns of the keys that it removes; `*` stands for anything. */
  readonly removes?: readonly string[];
  /**
   * It asks for objects that may not exist: without the right to list, S3 answers "forbidden" instead of "not found".
   */
  readonly looksForAbsent: boolean;
}

export interface FunctionSpec {
  /** Substitution of its ARN in a state machine, without `FunctionArn`; undefined for functions outside of it. */
  readonly state?: string;
  readonly description: string;
  /** Megabytes; a whole core comes with every 1,769. */
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  /** Megabytes of /tmp; 512 come without asking. */
  readonly scratchMegabytes?: number;
  readonly lake: LakeAccess;
  readonly usesDatabase?: boolean;
  readonly startsRuns?: boolean;
  /** It asks how executions of the stack's machine stand. */
  readonly asksForRuns?: boolean;
  readonly stopsQueries?: boolean;
  readonly startsScoreJobs?: boolean;
  /** It tells an MLflow server: there only where one is named. */
  readonly logsModels?: boolean;
  /** The stack that it is part of; default the workflow's. */
  readonly stack?: "workflow" | "api";
}

/** Holds the configuration of each attempt, among other papers. */
const ATTEMPTS = "attempts/";

/** What runs were seen against when they were first published. */
const REFERENCES = "references/";

/** Who was erased, by salted hash, for readers to leave them out. */
const ERASURES = "erasures/";

/** Which versions the lake's tables have reached. */
const VERSIONS = "processed/versions/";

/** The time of the ledger. */
const LEDGER = "ledger/";

const none: LakeAccess = { reads: [], writes: [], lists: [], looksForAbsent: false };

/** The function of a step. */
const functionOf = (state: StepName) => ({ state, ...STEPS[state] });

export const FUNCTION_SPECS = {
  "start-run": {
    description: "Starts the run that a dropped object or a schedule asks for",
    // Two or three calls; 256 MB start Node twice as fast as 128.
    memoryMegabytes: 256,
    // A month of a stream's objects takes some seconds to list.
    timeoutSeconds: 30,
    lake: {
      reads: ["config/", "incoming/", "stream/"],
      writes: [ATTEMPTS, "stream/"],
      lists: ["incoming/"],
      looksForAbsent: true,
    },
    startsRuns: true,
  },
  "take-turn": {
    state: "TakeTurn",
    description: "Lets one run at a time begin",
    memoryMegabytes: 256,
    timeoutSeconds: 30,
    lake: { reads: [LEDGER], writes: [LEDGER], lists: [], looksForAbsent: true },
    asksForRuns: true,
  },
  ingest: {
    ...functionOf("Ingest"),
    // /tmp holds the files as dropped, one of them unpacked or decoded at a time, and DuckDB's tables and the Parquet,
    // each about a fifth of the text: texts of some 6 GB as they are, 4 GB where they are packed or need decoding.
    scratchMegabytes: 10_240,
    lake: {
      reads: [ATTEMPTS, ERASURES, "incoming/", LEDGER],
      writes: [ATTEMPTS, ERASURES, LEDGER, "raw/"],
      lists: [ERASURES, VERSIONS],
      looksForAbsent: true,
    },
  },
  "check-quality": {
    ...functionOf("CheckQuality"),
    lake: { reads: [ATTEMPTS, "raw/"], writes: [ATTEMPTS, "raw/"], lists: ["raw/"], looksForAbsent: false },
  },
  "plan-run": {
    ...functionOf("PlanRun"),
    lake: {
      reads: [ATTEMPTS, ERASURES, "models/", REFERENCES, "runs/"],
      writes: [ATTEMPTS, VERSIONS],
      lists: [ATTEMPTS, "curated/", ERASURES],
      looksForAbsent: true,
    },
  },
  "fit-forecast": {
    ...functionOf("FitForecast"),
    lake: { reads: [ATTEMPTS, "curated/"], writes: [ATTEMPTS, "curated/"], lists: ["curated/"], looksForAbsent: false },
  },
  "plan-clustering": {
    ...functionOf("PlanClustering"),
    lake: {
      reads: [ATTEMPTS, "curated/", "models/"],
      writes: [ATTEMPTS, "curated/"],
      lists: ["curated/"],
      looksForAbsent: false,
    },
  },
  "fit-shard": {
    ...functionOf("FitShard"),
    lake: { reads: ["curated/"], writes: [ATTEMPTS, "curated/"], lists: [], looksForAbsent: false },
  },
  "select-model": {
    ...functionOf("SelectModel"),
    lake: { reads: [ATTEMPTS, "curated/", "models/"], writes: [ATTEMPTS, "models/"], lists: [], looksForAbsent: false },
  },
  "score-shard": {
    ...functionOf("ScoreShard"),
    lake: { reads: ["curated/", "models/"], writes: [ATTEMPTS, "curated/"], lists: [], looksForAbsent: false },
  },
  "publish-report": {
    ...functionOf("PublishReport"),
    // segments.csv has about 150 bytes per customer: enough for 60 million.
    scratchMegabytes: 10_240,
    lake: {
      reads: [ATTEMPTS, "curated/", "models/", "raw/", "reports/", "runs/"],
      writes: ["curated/", "reports/"],
      lists: [ATTEMPTS, "curated/"],
      looksForAbsent: true,
    },
  },
  "load-segments": {
    ...functionOf("LoadSegments"),
    lake: { reads: ["curated/", "reports/"], writes: ["staging/"], lists: ["curated/"], looksForAbsent: true },
    usesDatabase: true,
  },
  "publish-run": {
    ...functionOf("PublishRun"),
    lake: {
      reads: [ATTEMPTS, "curated/", "models/", "reports/", "runs/"],
      writes: ["models/", "published/", REFERENCES, "runs/"],
      lists: ["curated/"],
      looksForAbsent: true,
    },
    usesDatabase: true,
  },
  "repeat-statement": {
    state: "RepeatStatement",
    description: "Makes ready that a statement which met a passing fault is run again",
    memoryMegabytes: 256,
    // The longest wait between two tries is two minutes.
    timeoutSeconds: 170,
    lake: {
      reads: [],
      writes: [],
      lists: [ATTEMPTS, "curated/", "raw/"],
      // What statements write, and nothing that was delivered or read from it.
      removes: [
        `${ATTEMPTS}attempt=*/history_facts/*`,
        ...["reconciliation", "overlap"].map((stage) => `raw/ingest_id=*/${stage}/*`),
        "curated/*",
      ],
      looksForAbsent: false,
    },
    stopsQueries: true,
  },
  "record-failure": {
    ...functionOf("RecordFailure"),
    lake: { reads: [ATTEMPTS], writes: [ATTEMPTS], lists: [ATTEMPTS], looksForAbsent: false },
  },
  "log-model": {
    description: "Logs the model of a published run to MLflow",
    memoryMegabytes: 512,
    // Reads segments.csv once for its digest; a call of the server is given up after 15 seconds.
    timeoutSeconds: 300,
    lake: {
      reads: [ATTEMPTS, "curated/", "models/", "reports/", "runs/"],
      writes: [],
      lists: [],
      looksForAbsent: true,
    },
    logsModels: true,
  },
  "migrate-database": {
    description: "Applies the migrations of this release during the deployment",
    memoryMegabytes: 512,
    timeoutSeconds: 600,
    lake: none,
    usesDatabase: true,
  },
  api: {
    stack: "api",
    description: "Answers the scoring API",
    // One core: a cold start and the parsing of large bodies are one thread's work.
    memoryMegabytes: 1_769,
    // The gateway waits 29 seconds; one less, so that it is the function that ends and says why.
    timeoutSeconds: 28,
    lake: {
      reads: ["api/", ATTEMPTS, "curated/", "models/", "reports/", "runs/", "scoring/input/", "scoring/jobs/"],
      writes: ["api/", "scoring/jobs/"],
      lists: ["curated/", "models/", "runs/", "scoring/input/", "scoring/jobs/", "scoring/output/"],
      looksForAbsent: true,
    },
    usesDatabase: true,
    startsScoreJobs: true,
  },
  "score-job": {
    stack: "api",
    state: "ScoreJob",
    description: "Plans, scores and ends a score job",
    // One core; the shard's rows and their CSV at once. Large parts go into the database by pieces under staging/.
    memoryMegabytes: 1_769,
    timeoutSeconds: 900,
    lake: {
      reads: ["curated/", "models/", "scoring/input/", "scoring/jobs/", "scoring/output/"],
      writes: ["scoring/jobs/", "scoring/output/", "staging/"],
      lists: ["curated/", "scoring/input/", "scoring/jobs/"],
      looksForAbsent: true,
    },
    usesDatabase: true,
  },
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof FUNCTION_SPECS;
export const FUNCTION_NAMES = Object.keys(FUNCTION_SPECS) as FunctionName[];

/** The functions of one stack. */
export const functionsOfStack = (stack: "workflow" | "api"): FunctionName[] =>
  FUNCTION_NAMES.filter((name) => (specOf(name).stack ?? "workflow") === stack);

/** The spec of a function, with every property that any has. */
export const specOf = (name: FunctionName): FunctionSpec => FUNCTION_SPECS[name];
