import { Command, CommanderError, Help } from "commander";
import { codeVersion } from "../lib/local/run/codeVersion.ts";
import { withCommand } from "./arguments.ts";
import { COMMANDS, type ListedCommand, nameOf } from "./commandList.ts";
import { explain } from "./commands/errors.ts";
import { exitStatusOf } from "./commands/run/stoppable.ts";
import { guardOutput } from "./terminal.ts";

/**
 * Runs the command line in this process, printing to its standard streams; paths are relative to its working directory.
 * @param args what stands after `rfm`.
 * @returns the exit status: 0, 1 where it was refused, with the reason printed, or that of the signal that stopped it.
 */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const endings = [process.stdout, process.stderr].map(guardOutput);
  try {
    const complete = withCommand(args);
    const program = await createProgram(complete);
    await program.parseAsync(complete, { from: "user" });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    explain(error);
    return exitStatusOf(error);
  } finally {
    for (const end of endings) end();
  }
}

/** Commands throw where they would end the process. */
function stopping(command: Command): Command {
  command.exitOverride();
  for (const child of command.commands) stopping(child);
  return command;
}

/** The program with the command that the arguments name; the others are there for the help alone. */
async function createProgram(args: readonly string[]): Promise<Command> {
  const wanted = args[0] === "help" ? args[1] : args[0];
  const program = new Command("rfm")
    .description(
      "Customer segmentation by Recency, Frequency and Monetary value.\nDrop a file of transactions; every customer gets a named segment and a cluster.",
    )
    .version(codeVersion())
    .showHelpAfterError("(add --help for the options)")
    .configureHelp({ sortSubcommands: false, subcommandTerm: termOf })
    .addHelpText(
      "after",
      `
Examples:
  rfm                                  the demo: a generated shop, segmented into ./demo
  rfm inspect orders.csv               how the file is understood, without running
  rfm orders.csv                       segment a file; the history is kept in ./lake
  rfm run orders.csv --out results     … and write segments, summary and dashboard to ./results
  rfm report --open                    the dashboard of the current run
  rfm rejects --reason cancellation    look at rows that were dropped
  rfm export --segment "At Risk"       who they are, and whom of them a campaign should leave alone
  rfm query "select * from current_segment_summary"

Each command has --help with all its options.`,
    );
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading);
    for (const listed of commands) program.addCommand(await commandOf(listed, wanted));
  }
  program.addHelpCommand(
    new Command("help").argument("[command]").summary("the help of a command").helpGroup("Settings and AWS:"),
  );
  program.hook("preAction", refuseIncomplete);
  return stopping(program);
}

/** These make what is missing, or need no lake that is whole. */
const WITHOUT_CHECK = new Set(["doctor", "runs", "publish", "demo", "inspect", "config", "cost", "deploy"]);

/** No command takes a lake that lacks something for a new one. @throws LakeIncompleteError */
async function refuseIncomplete(_program: Command, command: Command): Promise<void> {
  const { lake } = command.optsWithGlobals<{ lake?: unknown }>();
  if (typeof lake !== "string" || WITHOUT_CHECK.has(command.name())) return;
  const { refuseIncompleteLake } = await import("../lib/local/doctor/missingPieces.ts");
  refuseIncompleteLake(lake, { isForScoring: command.name() === "serve" });
}

async function commandOf(listed: ListedCommand, wanted: string | undefined): Promise<Command> {
  const command = nameOf(listed) === wanted ? await listed.load() : new Command(nameOf(listed));
  return command.summary(listed.summary);
}

/** What the help shows before the summary of a command. */
function termOf(command: Command): string {
  const listed = Object.values(COMMANDS)
    .flat()
    .find((each) => nameOf(each) === command.name());
  return listed?.term ?? new Help().subcommandTerm(command);
}
