import { stepHandler } from "../lib/aws/stepHandler.ts";
import { stepPorts } from "../lib/aws/stepPorts.ts";
import { checkQuality } from "../lib/workflow/steps/checkQuality.ts";

const ports = stepPorts();

/** CheckQuality: balances the ledger and judges the drop. */
export const handler = stepHandler((state: Parameters<typeof checkQuality>[1]) => checkQuality(ports, state));
