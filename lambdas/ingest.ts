import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { createTransactionReader } from "../lib/ingest/reader.ts";
import { ingest } from "../lib/workflow/steps/ingest.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";

/**
 * Lambda gives a whole core for every 1,769 MB. DuckDB gets 60 % of the memory; the rest is Node's and the file
 * cache's.
 */
const memoryMegabytes = Number(process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE ?? 3_538);
const threads = Math.max(1, Math.floor(memoryMegabytes / 1_769));
const reader = createTransactionReader({ threads, memoryLimit: `${Math.floor(memoryMegabytes * 0.6)}MB` });
const ports = { ...stepPorts(), reader };

/** Ingest: dropped files to raw Parquet. */
export const handler = stepHandler(recordedStep("Ingest", ports, ingest));
