import { Command } from "commander";
import { configJsonSchema, parseConfig } from "../../lib/domain/config/configFile.ts";
import { configFrom } from "./options.ts";
import { DEFAULT_CONFIG_FILE } from "./readingOptions.ts";

/** `rfm config`: the settings in force, the defaults, or their JSON schema. */
export function configCommand(): Command {
  return new Command("config")
    .description("print the settings in force (checked), the defaults, or their JSON schema")
    .option("--config <file>", `file to check (default: ${DEFAULT_CONFIG_FILE} where there is one)`)
    .option("--defaults", "print the defaults, a good start for a file of your own")
    .option("--schema", "print the JSON schema that editors use to complete and check the file")
    .action((flags: { config?: string; defaults?: boolean; schema?: boolean }) => {
      const value = flags.schema ? configJsonSchema() : flags.defaults ? parseConfig({}) : configFrom(flags);
      process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    });
}
