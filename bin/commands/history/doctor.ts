import { Command } from "commander";
import { type DoctorReport, examineAndRepair } from "../../../lib/local/doctor/doctor.ts";
import { style as pc } from "../../terminal.ts";
import { lakeOption } from "../options.ts";

/** How long to wait for a run that is going on, in milliseconds. */
const WAIT_MS = 10_000;

/** `rfm doctor`: says what a lake lacks; `--repair` rebuilds what follows from the rest. */
export function doctorCommand(): Command {
  return new Command("doctor")
    .description("look at all of a lake and say what is missing or damaged; exit status 1 where anything is")
    .addOption(lakeOption())
    .option("--repair", "rebuild what follows from the rest: catalog, runs, aliases, published tables, database")
    .option("--json", "print the findings as JSON")
    .action(async (flags: { lake: string; repair?: boolean; json?: boolean }) => {
      const report = await examineAndRepair({
        lakeDirectory: flags.lake,
        repairs: flags.repair === true,
        waitMs: WAIT_MS,
      });
      process.stdout.write(flags.json === true ? `${JSON.stringify(report, null, 2)}\n` : render(report));
      if (!report.isHealthy) process.exitCode = 1;
    });
}

function render({ missing, repair, checks, isHealthy }: DoctorReport): string {
  const lines = [
    ...missing.map(({ key }) => `${pc.red("missing")}  ${key}`),
    ...(repair?.done ?? []).map((text) => `${pc.green("mended")}   ${text}`),
    ...(repair?.lost ?? []).map((text) => `${pc.red("lost")}     ${text}`),
    ...checks.flatMap(({ name, problems }) =>
      problems.length === 0
        ? [`${pc.green("ok")}       ${name}`]
        : [`${pc.red("wrong")}    ${name}:`, ...problems.map((problem) => `           ${problem}`)],
    ),
  ];
  const advice =
    missing.length > 0 && repair === null ? "\n`rfm doctor --repair` rebuilds what follows from the rest." : "";
  return `${lines.join("\n")}${advice}\n${isHealthy ? "The lake is whole." : "The lake is not whole."}\n`;
}
