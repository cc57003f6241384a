import { certaintySection } from "./customers/certainty.ts";
import { clustersSection } from "./customers/clusters.ts";
import { customersSection } from "./customers/customerLists.ts";
import { movementSection } from "./customers/movementSection.ts";
import { segmentsSection } from "./customers/segments.ts";
import { forecastSection } from "./forecast/forecastSection.ts";
import { overviewSection } from "./overview.ts";
import { driftSection } from "./provenance/drift.ts";
import { qualitySection } from "./provenance/quality.ts";
import { runSection } from "./provenance/run.ts";
import { concentrationSection } from "./sales/concentration.ts";
import { geographySection } from "./sales/geography.ts";
import { productsSection } from "./sales/products.ts";
import { trendsSection } from "./sales/trends.ts";
import type { Section } from "./shell.ts";

/** From what a reader asks first to what an auditor asks. */
export const sectionsInOrder = (): Section[] => [
  overviewSection(),
  segmentsSection(),
  customersSection(),
  clustersSection(),
  certaintySection(),
  forecastSection(),
  trendsSection(),
  concentrationSection(),
  geographySection(),
  productsSection(),
  movementSection(),
  driftSection(),
  qualitySection(),
  runSection(),
];
