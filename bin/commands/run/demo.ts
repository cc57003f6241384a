import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { parseConfig } from "../../../lib/domain/config/configFile.ts";
import { writeDemoShop } from "../../../lib/local/demo/demoShop.ts";
import { wholeNumber } from "../options.ts";
import { segment } from "./run.ts";

/** `rfm` or `rfm demo`: the whole pipeline on a generated shop, in a lake of its own. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("generate a demo shop and segment its customers (what `rfm` does without a command)")
    .option("--dir <dir>", "folder for the demo's file, lake and results", "demo")
    .option("--customers <n>", "customers of the shop", wholeNumber, 6000)
    .option("--seed <n>", "seed of the shop", wholeNumber, 7)
    .option("--json", "print the summary as JSON instead of the report")
    .option("--quiet", "print nothing but errors")
    .action(async (flags: { dir: string; customers: number; seed: number; json?: boolean; quiet?: boolean }) => {
      mkdirSync(flags.dir, { recursive: true });
      const path = join(flags.dir, "shop.csv");
      await writeDemoShop({ path, seed: flags.seed, customers: flags.customers });
      if (flags.quiet !== true)
        process.stderr.write(
          `No file given: a demo shop was generated, ${path}. For your own: npm start -- run FILE\n\n`,
        );
      const { json, quiet } = flags;
      const rest = { ...(json === undefined ? {} : { json }), ...(quiet === undefined ? {} : { quiet }) };
      await segment(
        [path],
        { lake: join(flags.dir, "lake"), out: join(flags.dir, "results"), wait: 60, ...rest },
        parseConfig({}),
      );
    });
}
