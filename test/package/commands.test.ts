import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Help } from "commander";
import { afterAll, describe, expect, it } from "vitest";
import { withCommand } from "../../bin/arguments.ts";
import { COMMAND_NAMES, COMMANDS, nameOf } from "../../bin/commandList.ts";
import { ownCommand } from "../../lib/local/run/ownCommand.ts";
import { rfmHere } from "../support/cli.ts";
import { temporaryFolder } from "../support/lake.ts";

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the list of commands", () => {
  it.each(Object.values(COMMANDS).flat())("says of $term what the command itself says", async (listed) => {
    const command = await listed.load();
    expect({ name: command.name(), term: new Help().subcommandTerm(command) }).toEqual({
      name: nameOf(listed),
      term: listed.term,
    });
  });

  it("names each command once", () => expect(new Set(COMMAND_NAMES).size).toBe(COMMAND_NAMES.length));
});

describe("arguments", () => {
  it.each([
    [[], ["demo"]],
    [
      ["--customers", "9"],
      ["demo", "--customers", "9"],
    ],
    [["--help"], ["--help"]],
    [
      ["help", "run"],
      ["help", "run"],
    ],
    [
      ["runs", "--json"],
      ["runs", "--json"],
    ],
    [
      ["orders.csv", "--k", "3"],
      ["run", "orders.csv", "--k", "3"],
    ],
    [["parts/2011"], ["run", "parts/2011"]],
    [["*"], ["run", "*"]],
    // Without an extension, and there.
    [[folder], ["run", folder]],
  ])("%j mean %j", (args, complete) => expect(withCommand(args)).toEqual(complete));

  it("name the nearest command where there is no such, and end with status 1", async () => {
    const { code, stdout, stderr } = await rfmHere(["reprot"], { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain('There is no command and no file "reprot"; did you mean "report"?');
  });

  it("with a file that is not there are refused as by `rfm run`", async () => {
    const file = join(folder, "gone.csv");
    expect(await rfmHere([file], { cwd: folder })).toEqual(await rfmHere(["run", file], { cwd: folder }));
  });
});

describe("the demo", () => {
  it.each([
    [{}, "rfm"],
    [{ npm_lifecycle_event: "npx", npm_command: "exec" }, "npx rfm"],
    [{ npm_lifecycle_event: "start" }, "npm start --"],
    [{ npm_lifecycle_event: "rfm" }, "npm run rfm --"],
  ])("started with %j says that %s starts it again", (environment, command) =>
    expect(ownCommand(environment)).toBe(command),
  );
});

describe("places where nothing can be written", () => {
  it("are named before anything is done", async () => {
    const file = join(folder, "a file");
    writeFileSync(file, "customer,order,date,amount\n1,a,2024-01-01,3\n");
    const lake = await rfmHere(["run", file, "--lake", join(file, "lake")], { cwd: folder });
    expect(lake.code).toBe(1);
    expect(lake.stderr).toMatch(
      /The lake .*a file.lake cannot be written: a part of the path is a file\. .*\[LAKE_FOLDER\]/,
    );
    const out = await rfmHere(["run", file, "--lake", "fresh", "--out", join(file, "out")], { cwd: folder });
    expect(out.code).toBe(1);
    expect(out.stderr).toMatch(/a file.out.*\[OUTPUT\]/);
    expect(existsSync(join(folder, "fresh"))).toBe(false);
  });
});
