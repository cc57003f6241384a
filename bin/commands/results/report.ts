import { spawn } from "node:child_process";
import { once } from "node:events";
import { Command } from "commander";
import { dashboardPath } from "../../../lib/library/results.ts";
import { lakeOption } from "../options.ts";

/** `rfm report [RUN]`: where the dashboard of a run is, and with `--open` the dashboard itself. */
export function reportCommand(): Command {
  return new Command("report")
    .description("print the path of a run's dashboard, one HTML file that needs nothing else")
    .argument("[run]", "run id, as `rfm runs` lists it; default: the current run")
    .addOption(lakeOption())
    .option("--open", "open it in the browser")
    .action(async (run: string | undefined, flags: { lake: string; open?: boolean }) => {
      const path = await dashboardPath(flags.lake, run);
      process.stdout.write(`${path}\n`);
      if (flags.open === true) await openInBrowser(path);
    });
}

/** With the system's own opener; where there is none, the printed path has to do. */
async function openInBrowser(path: string): Promise<void> {
  const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
    darwin: ["open"],
    win32: ["cmd", "/c", "start", '""'],
  };
  const [command, ...before] = openers[process.platform] ?? ["xdg-open"];
  const child = spawn(command, [...before, path], { stdio: "ignore", detached: true });
  try {
    await once(child, "spawn");
    child.unref();
  } catch (error) {
    process.stderr.write(`Could not open it (${(error as Error).message}); open the path above by hand.\n`);
  }
}
