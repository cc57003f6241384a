import { Command, InvalidArgumentError, Option } from "commander";
import type { ModelCard } from "../../../lib/domain/model/modelCard.ts";
import { percentText } from "../../../lib/domain/text/percent.ts";
import { exportToMlflow, mlflowFromEnvironment } from "../../../lib/library/mlflow.ts";
import { modelsOf } from "../../../lib/library/models.ts";
import { ROLES } from "../../../lib/workflow/mlflow/syncAliases.ts";
import type { ModelAliases } from "../../../lib/workflow/models/aliases.ts";
import type { ModelComparison } from "../../../lib/workflow/models/compareModels.ts";
import type { ModelFacts } from "../../../lib/workflow/models/modelRegistry.ts";
import { style as pc } from "../../terminal.ts";
import { tellMlflow } from "../mlflow.ts";
import { lakeOption } from "../options.ts";
import { plainTable } from "../table.ts";

interface Flags {
  readonly lake: string;
  readonly json?: boolean;
}

/** `rfm models …`: which models there are, which one scores, and which one is on trial. */
export function modelsCommand(): Command {
  const command = new Command("models").description("list, compare and promote the models of the lake");
  const action = (name: string, description: string): Command =>
    command.command(name).description(description).addOption(lakeOption());
  action("list", "all models, the newest first")
    .option("--json", "print them as JSON")
    .action(async (flags: Flags) => {
      const models = await modelsOf(flags.lake).list();
      print(flags, models, () => modelTable(models));
    });
  action("show", "a model's card, as JSON")
    .argument("<version>")
    .action(async (version: string, flags: Flags) => {
      const card = await modelsOf(flags.lake).card(version);
      process.stdout.write(`${JSON.stringify(card, null, 2)}\n`);
    });
  action("promote", "make a model the champion; a run makes its own model the champion again")
    .argument("<version>")
    .option("--if-champion <version>", "only while this one is the champion")
    .action(async (version: string, flags: Flags & { ifChampion?: string }) => {
      const { ifChampion } = flags;
      await tell(
        flags,
        await modelsOf(flags.lake).promote(version, ifChampion === undefined ? {} : { expectedChampion: ifChampion }),
      );
    });
  action("rollback", "make the earlier champion the champion again").action(async (flags: Flags) => {
    await tell(flags, await modelsOf(flags.lake).rollBack());
  });
  action("challenge", "give a model a share of the customers; a share of 0 ends the trial")
    .argument("<version>")
    .requiredOption("--share <0..1>", "part of the customers, chosen by a salted hash of their ids", share)
    .option("--salt <text>", "another salt chooses other customers (default: the version)")
    .action(async (version: string, flags: Flags & { share: number; salt?: string }) => {
      const { share: part, salt } = flags;
      const challenge = { version, share: part, ...(salt === undefined ? {} : { salt }) };
      await tell(flags, await modelsOf(flags.lake).challenge(challenge));
    });
  action("compare", "two models side by side, and how differently they see the customers")
    .argument("<version>")
    .argument("<other>")
    .option("--json", "print the comparison as JSON")
    .action(async (version: string, other: string, flags: Flags) => {
      const comparison = await modelsOf(flags.lake).compare(version, other);
      print(flags, comparison, () => comparisonText(comparison));
    });
  action("export", "log models with their runs to an MLflow server, and register them with the aliases of their roles")
    .argument("[versions...]", "models beside champion and challenger")
    .addOption(
      new Option("--mlflow <uri>", "address of the tracking server; MLFLOW_EXPERIMENT_NAME names experiment and model")
        .env("MLFLOW_TRACKING_URI")
        .makeOptionMandatory(),
    )
    .action(exportModels);
  return command;
}

function share(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new InvalidArgumentError("It must be from 0 to 1.");
  return value;
}

function print(flags: Flags, value: unknown, text: () => string): void {
  process.stdout.write(`${flags.json === true ? JSON.stringify(value, null, 2) : text()}\n`);
}

async function tell({ lake }: Flags, { champion, challenger }: ModelAliases): Promise<void> {
  const trial = challenger == null ? "" : `; ${challenger.modelVersion} scores ${challenger.share * 100}% on trial`;
  process.stdout.write(`${champion ?? "No model"} is the champion${trial}.\n`);
  await tellMlflow(lake);
}

/** @throws MlflowError. */
async function exportModels(versions: readonly string[], flags: Flags & { readonly mlflow: string }): Promise<void> {
  const server = mlflowFromEnvironment(process.env, flags.mlflow);
  if (server === undefined) throw new InvalidArgumentError("--mlflow wants the address of a server.");
  const { models, roles } = await exportToMlflow(flags.lake, server, versions);
  const named = ROLES.flatMap((role) => roles[role] ?? []);
  const all = [...new Map([...models, ...named].map((model) => [model.modelVersion, model])).values()];
  for (const { modelVersion, mlflowVersion } of all) {
    const held = ROLES.filter((role) => roles[role]?.modelVersion === modelVersion);
    process.stdout.write(
      `${modelVersion} is version ${mlflowVersion} of ${server.name}${held.length === 0 ? "" : `, ${held.join(" and ")}`}.\n`,
    );
  }
}

function modelTable(models: readonly ModelFacts[]): string {
  const rows = models.map((model) => [
    model.alias === null ? "" : pc.green(model.alias),
    model.modelVersion,
    String(model.k),
    String(model.customers),
    model.inertia.toFixed(3),
    model.snapshotDate,
    model.createdAt,
  ]);
  return plainTable(["", "model", "k", "customers", "inertia", "snapshot", "made"], rows);
}

function comparisonText({ models, agreement }: ModelComparison): string {
  const line = (name: string, of: (card: ModelCard) => string): string[] => [name, of(models[0]), of(models[1])];
  const rows = [
    line("snapshot", (card) => card.lineage.snapshotDate),
    line("customers", (card) => String(card.training.customers)),
    line("clusters", (card) => String(card.k)),
    line("inertia", (card) => card.training.inertia.toFixed(3)),
    line("labels", (card) => card.clusters.map((cluster) => cluster.label).join(", ")),
  ];
  const table = plainTable(["", models[0].modelVersion, models[1].modelVersion], rows);
  if (agreement === undefined)
    return `${table}\nThe customers of ${models[1].modelVersion} are not in the lake any more, or not with the features that ${models[0].modelVersion} clusters by.`;
  const percent = percentText;
  return `${table}\nOf ${agreement.customers} customers ${percent(agreement.otherSegment)} get another segment and ${percent(agreement.otherLabel)} another label; adjusted Rand index ${agreement.adjustedRandIndex.toFixed(3)}.`;
}
