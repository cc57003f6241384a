import { meterQuality } from "../lib/aws/qualityMetrics.ts";
import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { checkQuality } from "../lib/workflow/steps/checkQuality.ts";
import type { IngestState } from "../lib/workflow/steps/state.ts";

const ports = stepPorts();

/** CheckQuality: balances the ledger and judges the drop. */
export const handler = stepHandler(async (state: IngestState) => {
  const verdict = await checkQuality(ports, state);
  await meterQuality(ports.store, verdict);
  return verdict;
});
