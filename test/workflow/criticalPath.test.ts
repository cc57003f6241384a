import { describe, expect, it } from "vitest";
import { parseConfig } from "../../lib/domain/config/configFile.ts";
import { LAKE_VERSION } from "../../lib/workflow/ledger/lakeVersion.ts";
import { renderIngestStatements, renderRunStatements } from "../../lib/workflow/sql/statements.ts";
import { SEGMENTATION_MACHINE } from "../../lib/workflow/start/transitions.ts";

/** A state as far as statements depend on it. */
interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Variable: string; readonly Next: string }[];
  readonly ItemsPath?: string;
  readonly MaxConcurrency?: number;
  readonly ItemProcessor?: Machine;
  readonly Branches?: readonly Machine[];
}
interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}
/** Statements that run, and how many of them one after another. */
interface Load {
  readonly statements: number;
  readonly path: number;
}

/** Of the run of a drop that succeeds, no statement of which is repeated. */
function loadOf({ StartAt, States }: Machine, statements: Readonly<Record<string, unknown>>): Load {
  let load: Load = { statements: 0, path: 0 };
  const add = (more: Load): void => {
    load = { statements: load.statements + more.statements, path: load.path + more.path };
  };
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    const state: State | undefined = States[name];
    if (state?.Resource?.includes(":athena:") === true) add({ statements: 1, path: 1 });
    const branches = (state?.Branches ?? []).map((branch) => loadOf(branch, statements));
    add({
      statements: branches.reduce((sum, branch) => sum + branch.statements, 0),
      path: branches.reduce((most, branch) => Math.max(most, branch.path), 0),
    });
    const items = statements[state?.ItemsPath?.replace("$.statements.", "") ?? ""];
    if (state?.ItemProcessor !== undefined && Array.isArray(items)) {
      const one = loadOf(state.ItemProcessor, statements);
      const waves = Math.ceil(items.length / (state.MaxConcurrency ?? 1));
      add({ statements: items.length * one.statements, path: waves * one.path });
    }
    // The way of a run that is its own turn, brings rows and passes the gate.
    name = state?.Choices?.find(({ Variable }) => Variable === "$.drop.hasRows")?.Next ?? state?.Default ?? state?.Next;
  }
  return load;
}

/** A run of Online Retail: a year of history, so a back-test and a forecast of it. */
function retail(isFirst: boolean): Load {
  const config = parseConfig({});
  const common = { config, attempt: "a", lakeUri: "s3://lake" };
  const ingest = renderIngestStatements({
    ...common,
    now: new Date(0),
    lakeVersion: isFirst ? 1 : LAKE_VERSION,
    codeVersion: "test",
  });
  const run = renderRunStatements({
    ...common,
    asOf: new Date(0),
    run: { runId: "r", snapshotDate: "2011-12-10", createdAt: "2011-12-10T00:00:00Z" },
    cut: { cutDate: "2011-09-10", sampledOneIn: 1 },
    previous: isFirst ? undefined : { runId: "p", attempt: "b" },
  });
  return loadOf(SEGMENTATION_MACHINE as Machine, { ...ingest, ...run });
}

describe("the statements of a run of Online Retail", () => {
  it.each([
    ["the first run, which makes the tables", true, 22, 12],
    ["a later run, which has one before it", false, 22, 12],
  ])("%s", (_name, isFirst, statements, path) => {
    const load = retail(isFirst);
    expect(load.statements).toBeLessThanOrEqual(statements);
    expect(load.path).toBeLessThanOrEqual(path);
  });
});
