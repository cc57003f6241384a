import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { checkFolder } from "../../../lib/local/audience/atomicFile.ts";
import { writeDemoShop } from "../../../lib/local/demo/demoShop.ts";
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
      await segmentAndReport(
        [path],
        { lake: join(flags.dir, "lake"), out: join(flags.dir, "results"), wait: 60, ...rest },
        parseConfig({}),
      );
    });
}

/** How the program was started, for who is to start it again. */
export const ownCommand = ({ npm_lifecycle_event: script }: NodeJS.ProcessEnv): string =>
  script === "start" || script === "rfm" ? `npm ${script === "rfm" ? "run rfm" : "start"} --` : "rfm";
