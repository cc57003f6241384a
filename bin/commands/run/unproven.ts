import type { ObjectStore } from "../../../lib/ports.ts";
import { readErased, unprovenText } from "../../../lib/workflow/lake/erasures.ts";

/** Says which erasures were begun and never came to their end. */
export async function tellUnproven(store: ObjectStore): Promise<void> {
  for (const erasure of (await readErased(store))?.unproven ?? [])
    process.stderr.write(`Note: ${unprovenText(erasure)}.\n`);
}
