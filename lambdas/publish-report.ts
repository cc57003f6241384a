import { meterDrift } from "../lib/aws/functions/qualityMetrics.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";
import { stepPorts } from "../lib/aws/functions/stepPorts.ts";
import { renderDashboard } from "../lib/report/render.ts";
import { publishReport } from "../lib/workflow/steps/publishReport.ts";
import type { RunState } from "../lib/workflow/steps/state.ts";

const ports = { ...stepPorts(), renderReport: renderDashboard };

/** PublishReport: segments.csv, summary.json and dashboard.html. */
export const handler = stepHandler(async (state: RunState) => {
  const report = await publishReport(ports, state);
  await meterDrift(ports.store, report);
  return report;
});
