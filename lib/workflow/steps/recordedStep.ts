import { SegmentationError } from "../../domain/errors.ts";
import { writeJson } from "../lake/json.ts";
import { failedStepsPrefix, stepsPrefix } from "../lake/layout.ts";
import { type MeterPorts, meteredPorts, type StepUsage, startMeter } from "../report/stepMeter.ts";
import type { StepName } from "../taskSteps.ts";

/** `attempts/attempt=…/steps/<name>.json`: what a step used. */
export interface StepRecord extends StepUsage {
  readonly step: StepName;
  readonly endedAt: string;
  /** Absent outside of the Maps. */
  readonly shard?: number;
}

/** `attempts/attempt=…/failed_steps/<name>.json`: why a step failed the last time that it did. */
export interface StepFailure {
  readonly step: StepName;
  readonly failedAt: string;
  readonly shard?: number;
  /** Class of the error, and its code where it is one of ours. */
  readonly error: string;
  readonly code?: string;
  readonly message: string;
}

interface StepInput {
  readonly attempt: string;
  readonly shard?: number;
}

/** File name of a step's records. */
export const stepFile = (step: StepName, shard?: number): string =>
  shard === undefined ? `${step}.json` : `${step}-${String(shard).padStart(5, "0")}.json`;

/**
 * A step that leaves in the store what it used, or why it failed: Step Functions reports the failure of a Map's child
 * as no more than "a threshold was exceeded". The error goes on unchanged.
 */
export function recordedStep<Ports extends MeterPorts, Input extends StepInput, Output>(
  step: StepName,
  ports: Ports,
  run: (ports: Ports, input: Input) => Promise<Output>,
): (input: Input) => Promise<Output> {
  return async (input) => {
    const meter = startMeter(ports, step);
    const file = stepFile(step, input.shard);
    const where = { step, ...(input.shard === undefined ? {} : { shard: input.shard }) };
    const now = () => ports.clock.now().toISOString();
    let output: Output;
    try {
      output = await run(meteredPorts(ports, meter), input);
    } catch (error) {
      const failure: StepFailure = { ...where, failedAt: now(), ...explained(error) };
      // The store may be what is broken; the step's own error is what counts.
      await Promise.allSettled([writeJson(ports.store, `${failedStepsPrefix(input.attempt)}${file}`, failure)]);
      throw error;
    }
    const record: StepRecord = { ...where, endedAt: now(), ...meter.usage() };
    await writeJson(ports.store, `${stepsPrefix(input.attempt)}${file}`, record);
    return output;
  };
}

function explained(error: unknown): Pick<StepFailure, "error" | "code" | "message"> {
  if (error instanceof SegmentationError) return { error: error.name, code: error.code, message: error.message };
  const name = error instanceof Error ? error.name : "Error";
  // Words of errors that are not ours may quote data.
  return { error: name, message: `${name}, in words that are not kept here; the function's log says where.` };
}
