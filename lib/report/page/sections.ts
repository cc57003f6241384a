import { certaintySection } from "./certainty.ts";
import { clustersSection } from "./clusters.ts";
import { concentrationSection } from "./concentration.ts";
import { driftSection } from "./drift.ts";
import { geographySection } from "./geography.ts";
import { movementSection } from "./movement.ts";
import { overviewSection } from "./overview.ts";
import { productsSection } from "./products.ts";
import { qualitySection } from "./quality.ts";
import { runSection } from "./run.ts";
import { segmentsSection } from "./segments.ts";
import type { Section } from "./shell.ts";
import { trendsSection } from "./trends.ts";

/** From what a reader asks first to what an auditor asks. */
export const sectionsInOrder = (): Section[] => [
  overviewSection(),
  segmentsSection(),
  clustersSection(),
  certaintySection(),
  trendsSection(),
  concentrationSection(),
  geographySection(),
  productsSection(),
  movementSection(),
  driftSection(),
  qualitySection(),
  runSection(),
];
