import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { configFrom, policyOptions } from "../../bin/commands/options.ts";
import type { InspectedQuestion } from "../../lib/ingest/findings/inspection.ts";
import { inspectDrop } from "../../lib/ingest/inspectDelivery.ts";
import { readDrop } from "../../lib/ingest/readDelivery.ts";
import { readingSettings } from "../../lib/workflow/sql/readingSettings.ts";

/** Layouts of shops, which are no part of the repository. */
const INPUTS = new URL("../../../shared/inputs/", import.meta.url).pathname;
const FLAGS = JSON.parse(readFileSync(new URL("caseFlags.json", import.meta.url), "utf8")) as Record<string, string[]>;

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.startsWith("input") || /^F\d\d/.test(name))
    .sort();

interface Case {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly source: string }[];
}

function allCases(): Case[] {
  const folders = readdirSync(join(INPUTS, "cases")).map((name) => {
    const folder = join(INPUTS, "cases", name);
    return { name, files: filesOf(folder).map((file) => ({ path: join(folder, file), source: file })) };
  });
  const minimal = filesOf(join(INPUTS, "minimal")).map((file) => ({
    name: file,
    files: [{ path: join(INPUTS, "minimal", file), source: file }],
  }));
  return [...folders, ...minimal];
}

/** Codes of answers that make no sense: what is not in the file, or does not read. */
const REFUSED = /^UNKNOWN_|^UNREADABLE_FORMULA$|^COLUMN_MAPPED_TWICE$|CONFIG/;
/** People have to write such a file first. */
const NEEDS_A_FILE = "--rates FILE";

/** The words of a command as a shell splits them. */
const shellWords = (text: string): string[] =>
  [...text.matchAll(/(?:[^\s"]|"(?:[^"\\]|\\.)*")+/g)].map(([word]) =>
    word.replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => inner.replace(/\\(.)/g, "$1")),
  );

function settingsOf(flags: string): ReturnType<typeof readingSettings> {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  for (const option of policyOptions()) command.addOption(option);
  return readingSettings(configFrom(command.parse(shellWords(flags), { from: "user" }).opts()));
}

interface Answered {
  readonly question: { readonly message: string };
  readonly flag: string;
  /** What the same file says to the answer. */
  readonly again: { readonly code: string; readonly message: string };
}

/** What becomes of a file with each command that its first question offers. */
async function answers(
  files: Case["files"],
  question: InspectedQuestion | undefined,
  scratchDirectory: string,
): Promise<Answered[]> {
  const request = { files, scratchDirectory, threads: 1, cancellationPattern: "^[Cc][0-9]" };
  const nothing = { code: "", message: "" };
  const read = (settings: ReturnType<typeof readingSettings>): Promise<Answered["again"]> =>
    inspectDrop({ ...settings, ...request }).then(
      ({ questions }) => questions[0] ?? nothing,
      (error: Error & { code?: string }) => ({ code: error.code ?? "", message: error.message }),
    );
  const answered: Answered[] = [];
  for (const flag of question?.flags ?? []) {
    if (question === undefined || flag === NEEDS_A_FILE) continue;
    answered.push({ question, flag, again: await read(settingsOf(flag)) });
  }
  return answered;
}

/** What inspect says of a case: its first question, or the code of its refusal; neither where it is understood. */
interface Inspected {
  readonly question?: InspectedQuestion;
  readonly code?: string;
}

const inspectCase = (files: Case["files"], scratchDirectory: string): Promise<Inspected> =>
  inspectDrop({ ...settingsOf(""), files, scratchDirectory, threads: 1, cancellationPattern: "^[Cc][0-9]" }).then(
    ({ questions: [question] }) => (question === undefined ? {} : { question, code: question.code }),
    (error: Error & { code?: string }) => ({ code: error.code ?? String(error) }),
  );

describe.skipIf(!existsSync(INPUTS))("layouts of shops (skipped without ../shared)", () => {
  let scratchDirectory: string;
  const known = new Map<string, Promise<Inspected>>();
  const inspected = (name: string, files: Case["files"]): Promise<Inspected> => {
    const found = known.get(name) ?? inspectCase(files, scratchDirectory);
    known.set(name, found);
    return found;
  };
  beforeAll(() => {
    scratchDirectory = mkdtempSync(join(tmpdir(), "cases-"));
  });
  afterAll(() => rmSync(scratchDirectory, { recursive: true, force: true }));

  it("are asked about by inspect and by run alike, and each question offers an answer or says what to do", async () => {
    for (const { name, files } of allCases()) {
      const request = { ...settingsOf(""), files, scratchDirectory, threads: 1 };
      const code = (error: unknown): string => (error as { code?: string }).code ?? String(error);
      const run = await readDrop({ ...request, outputPath: join(scratchDirectory, "rows.parquet") }).then(
        () => undefined,
        (error: unknown) => code(error),
      );
      expect((await inspected(name, files)).code, name).toBe(run);
    }
  }, 3_600_000);

  it("are asked about with commands that answer: none of them is refused, and none meets the same question", async () => {
    for (const { name, files } of allCases()) {
      for (const { question, flag, again } of await answers(
        files,
        (await inspected(name, files)).question,
        scratchDirectory,
      )) {
        expect(again.code, `${name}: ${flag}`).not.toMatch(REFUSED);
        expect(again.message, `${name}: ${flag}`).not.toBe(question.message);
      }
    }
  }, 3_600_000);

  it("are known by the names of the flags that answer them", () => {
    const names = new Set(allCases().map(({ name }) => name));
    for (const name of Object.keys(FLAGS)) expect(names.has(name), name).toBe(true);
  });
});
