import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingGoldenData } from "../../scripts/fetchGolden.ts";

/**
 * One folder for the temporary files of a whole run of tests, of the processes that they start too, and none of it
 * afterwards: whatever a killed process or a failed test has left goes with it.
 */
export default function setup(): () => void {
  const folder = mkdtempSync(join(tmpdir(), "rfm-test-"));
  const missing = missingGoldenData();
  if (missing !== undefined) console.warn(missing);
  // A database server runs as another user, in a folder of its own in this one.
  chmodSync(folder, 0o711);
  process.env.TMPDIR = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
