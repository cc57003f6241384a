import { meterQuality } from "../lib/aws/functions/qualityMetrics.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { checkQuality } from "../lib/workflow/steps/checkQuality.ts";
import { recordedStep } from "../lib/workflow/steps/recordedStep.ts";
import type { IngestState, StepPorts } from "../lib/workflow/steps/state.ts";

const ports = stepPorts();

/** CheckQuality: balances the ledger and judges the drop. */
export const handler = stepHandler(
  recordedStep("CheckQuality", ports, async (metered: StepPorts, state: IngestState) => {
    const verdict = await checkQuality(metered, state);
    await meterQuality(metered.store, verdict);
    return verdict;
  }),
);
