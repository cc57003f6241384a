import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { checkFolder } from "../../../lib/local/audience/atomicFile.ts";
import { writeDemoShop } from "../../../lib/local/demo/demoShop.ts";
import { moveLastMonth } from "../../../lib/local/demo/splitShop.ts";
import { ownCommand } from "../../../lib/local/run/ownCommand.ts";
import { wholeNumber } from "../options.ts";
import { segmentAndReport } from "./run.ts";

interface DemoFlags {
  readonly dir: string;
  readonly seed: number;
  readonly customers?: number;
  readonly rows?: number;
  readonly onlyFile?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

/** `rfm` or `rfm demo`: the whole pipeline on a generated shop, in a lake of its own. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("generate a demo shop and segment its customers (what `rfm` does without a command)")
    .option("--dir <dir>", "folder for the demo's file, lake and results", "demo")
    .option("--customers <n>", "customers of the shop (default: 6000, or as many as --rows needs)", wholeNumber)
    .option("--rows <n>", "lines of its file, up to any size: the file is streamed", wholeNumber)
    .option("--only-file", "write the file and stop")
    .option("--seed <n>", "seed of the shop", wholeNumber, 7)
    .option("--json", "print the summary as JSON instead of the report")
    .option("--quiet", "print nothing but errors")
    .action(async (flags: DemoFlags) => {
      await checkFolder(flags.dir);
      mkdirSync(flags.dir, { recursive: true });
      const path = join(flags.dir, "shop.csv");
      const shop = await writeDemoShop({ path, ...flags });
      if (flags.onlyFile === true) {
        const { lines, orders, customers } = shop;
        process.stdout.write(`${path}: ${lines} lines, ${orders} orders, ${customers} customers\n`);
        return;
      }
      if (flags.quiet !== true)
        process.stderr.write(
          `No file given: a demo shop was generated, ${path}. For your own: ${ownCommand(process.env)} run FILE\n\n`,
        );
      const { json, quiet } = flags;
      const rest = { ...(json === undefined ? {} : { json }), ...(quiet === undefined ? {} : { quiet }) };
      const run = { lake: join(flags.dir, "lake"), wait: 60, ...rest };
      // Two deliveries, as a shop has them: what moved between segments shows from the second run on.
      const december = join(flags.dir, "shop-december.csv");
      await moveLastMonth(path, december);
      await segmentAndReport([path], { ...run, json: false, quiet: true }, parseConfig(FIRST_RUN));
      await segmentAndReport([december], { ...run, out: join(flags.dir, "results") }, parseConfig({}));
    });
}

/** The first run is there to be compared with: it looks neither back nor ahead. */
const FIRST_RUN = { backtest: { enabled: false } };
