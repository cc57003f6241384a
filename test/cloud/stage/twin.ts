import { join } from "node:path";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { openLocalLake } from "../../../lib/local/run/runLocally.ts";
import { writeText } from "../../support/shop.ts";
import { PROJECT } from "../box/box.ts";
import { runProgram } from "../box/deployment.ts";
import type { CloudLake, Execution } from "./cloudLake.ts";
import { compareSegments, recordsOf } from "./segments.ts";

/** A file as the shop has it: its name and its bytes. */
export interface ShopFile {
  /** Relative to `incoming/`; with a folder where it lies in one. */
  readonly name: string;
  readonly text: string;
}

export interface Comparing {
  /** The folder that was dropped whole. */
  readonly folder?: string;
  /** Columns of segments.csv that may differ. */
  readonly ignored?: readonly string[];
}

/** The local engine's lake, which gets what the deployed one gets, and the proof that both say the same. */
export interface Twin {
  /** Drops a file into both. @returns what was seen. @throws Error where the run fails or a customer differs. */
  drop(file: ShopFile, options?: { readonly tagging?: string }): Promise<string>;
  /** Runs the local engine over the same files, as one drop, and compares with a run of the deployed machine. */
  expectSame(execution: Execution, files: readonly ShopFile[], options?: Comparing): Promise<string>;
  /** Runs the local engine over a file that the deployed one has had before; nothing is compared. */
  follow(file: ShopFile): Promise<void>;
  /** A command of the command line on the local engine's lake. @throws Error with what it said. */
  command(...args: string[]): Promise<void>;
  /** The history segmented again, on both sides. */
  expectSameHistory(execution: Execution, options?: Pick<Comparing, "ignored">): Promise<string>;
  /** Rows of the local engine's last segments.csv, by column name. */
  segments(): readonly Record<string, string>[];
  close(): Promise<void>;
}

/** @throws Error with the run's own reason. */
export function expectSucceeded(execution: Execution): Execution {
  if (execution.status !== "SUCCEEDED") throw new Error(`${execution.name} ${execution.status}: ${execution.reason}`);
  return execution;
}

export async function openTwin(cloud: CloudLake, name: string): Promise<Twin> {
  const folder = join(cloud.box.folder, `twin-${name}`);
  const lakeDirectory = join(folder, "lake");
  const open = () => openLocalLake({ lakeDirectory, threads: 1 });
  let local = await open();
  const config = parseConfig({});
  let latest = "";
  const compare = async (
    execution: Execution,
    files: readonly string[],
    ignored: readonly string[] = [],
  ): Promise<string> => {
    expectSucceeded(execution);
    const { store, summary } = await local.run({ files, config });
    const expected = Buffer.from(await store.read(summary.outputs.segmentsCsv as string)).toString();
    latest = expected;
    const found = compareSegments(await cloud.segments(execution), expected, ignored);
    if (!found.isEqual) throw new Error(`segments differ: ${found.differences.join(" | ")}`);
    if (ignored.length > 0) return `${found.customers} customers, same but for ${ignored.join(" and ")}`;
    if (!found.isIdentical) throw new Error(`equal for all ${found.customers} customers, but in another order`);
    return `${found.customers} customers, same bytes`;
  };
  const expectSame: Twin["expectSame"] = (execution, files, { folder: only, ignored } = {}) => {
    const paths = files.map(({ name: path, text }) => writeText(join(folder, "files", path), text));
    return compare(execution, only === undefined ? paths : [join(folder, "files", only)], ignored);
  };
  return {
    segments: () => recordsOf(latest),
    expectSame,
    expectSameHistory: (execution, { ignored } = {}) => compare(execution, [], ignored),
    follow: async (file) => {
      await local.run({ files: [writeText(join(folder, "files", file.name), file.text)], config });
    },
    command: async (...args) => {
      await local.close();
      const program = [join(PROJECT, "bin/rfm.ts"), ...args, "--lake", lakeDirectory];
      await runProgram(cloud.box, process.execPath, ["--liftoff-only", ...program], folder);
      local = await open();
    },
    drop: async (file, options) => {
      const execution = await cloud.drop(`incoming/${file.name}`, file.text, options);
      return expectSame(expectSucceeded(execution), [file]);
    },
    close: () => local.close(),
  };
}
