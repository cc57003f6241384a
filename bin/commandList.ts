import type { Command } from "commander";

/** A command as the program's help lists it; its code is loaded when it is used. */
export interface ListedCommand {
  /** Its name, then whether it has options, then its arguments. */
  readonly term: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** All commands, by the headings under which the help lists them. */
export const COMMANDS: Readonly<Record<string, readonly ListedCommand[]>> = {
  "Segment:": [
    {
      term: "demo [options]",
      summary: "segment a generated shop",
      load: async () => (await import("./commands/run/demo.ts")).demoCommand(),
    },
    {
      term: "inspect [options] <files...>",
      summary: "look at files as run would read them, without running",
      load: async () => (await import("./commands/run/inspect.ts")).inspectCommand(),
    },
    {
      term: "run [options] [files...]",
      summary: "segment the customers of files of transactions",
      load: async () => (await import("./commands/run/run.ts")).runCommand(),
    },
    {
      term: "watch [options] <dir>",
      summary: "segment again whenever files come into a folder",
      load: async () => (await import("./commands/run/watch.ts")).watchCommand(),
    },
  ],
  "Use the result:": [
    {
      term: "report [options] [run]",
      summary: "print the path of a run's dashboard, one HTML file that needs nothing else",
      load: async () => (await import("./commands/results/report.ts")).reportCommand(),
    },
    {
      term: "customers [options]",
      summary: "list customers of segments, the best first",
      load: async () => (await import("./commands/results/customers.ts")).customersCommand(),
    },
    {
      term: "customer [options] <id>",
      summary: "show one customer: figures, orders, segments, and why",
      load: async () => (await import("./commands/results/customers.ts")).customerCommand(),
    },
    {
      term: "export [options]",
      summary: "write an audience for a campaign",
      load: async () => (await import("./commands/results/export.ts")).exportCommand(),
    },
    {
      term: "query [options] [sql]",
      summary: "ask in SQL what is published",
      load: async () => (await import("./commands/results/query.ts")).queryCommand(),
    },
    {
      term: "score-jobs [options]",
      summary: "list score jobs of the API",
      load: async () => (await import("./commands/results/scoreJobs.ts")).scoreJobsCommand(),
    },
    {
      term: "serve [options]",
      summary: "answer the scoring API on this machine",
      load: async () => (await import("./commands/results/serve.ts")).serveCommand(),
    },
  ],
  "Look after the history:": [
    {
      term: "rejects [options]",
      summary: "list dropped rows, why and where",
      load: async () => (await import("./commands/history/rejects.ts")).rejectsCommand(),
    },
    {
      term: "ingests [options]",
      summary: "list what was dropped, and when",
      load: async () => (await import("./commands/history/ingests.ts")).ingestsCommand(),
    },
    {
      term: "forget [options] [source]",
      summary: "take a dropped file out of the history, or erase a customer",
      load: async () => (await import("./commands/history/forget.ts")).forgetCommand(),
    },
    {
      term: "doctor [options]",
      summary: "look at all of a lake, and rebuild what is missing",
      load: async () => (await import("./commands/history/doctor.ts")).doctorCommand(),
    },
    {
      term: "compact [options]",
      summary: "remove leftovers and write the catalog anew",
      load: async () => (await import("./commands/history/compact.ts")).compactCommand(),
    },
  ],
  "Runs and models:": [
    {
      term: "runs [options]",
      summary: "list the runs that are kept",
      load: async () => (await import("./commands/history/runs.ts")).runsCommand(),
    },
    {
      term: "publish [options] [run]",
      summary: "show an earlier run again",
      load: async () => (await import("./commands/history/runs.ts")).publishCommand(),
    },
    {
      term: "compare [options] <before> <now>",
      summary: "compare two runs: settings, files, segments, and who went where",
      load: async () => (await import("./commands/results/compare.ts")).compareCommand(),
    },
    {
      term: "backtest [options]",
      summary: "see what segments and clusters of some days ago said about the money spent since",
      load: async () => (await import("./commands/results/backtest.ts")).backtestCommand(),
    },
    {
      term: "forecast [options]",
      summary: "forecast orders and value from a day on, and check it against what came",
      load: async () => (await import("./commands/results/forecast.ts")).forecastCommand(),
    },
    {
      term: "models",
      summary: "list, compare and promote models",
      load: async () => (await import("./commands/results/models.ts")).modelsCommand(),
    },
  ],
  "Settings and AWS:": [
    {
      term: "config [options]",
      summary: "print the settings, the defaults or their schema",
      load: async () => (await import("./commands/config.ts")).configCommand(),
    },
    {
      term: "cost [options]",
      summary: "estimate what a deployment on AWS costs a month",
      load: async () => (await import("./commands/results/cost.ts")).costCommand(),
    },
    {
      term: "deploy [options] [cdk...]",
      summary: "deploy to AWS, where there is no CDK app of your own",
      load: async () => (await import("./commands/deploy.ts")).deployCommand(),
    },
  ],
};

export const nameOf = ({ term }: ListedCommand): string => term.split(" ", 1)[0] ?? term;
export const COMMAND_NAMES: readonly string[] = Object.values(COMMANDS).flat().map(nameOf);
