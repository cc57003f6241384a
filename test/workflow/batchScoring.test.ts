import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openFolderStore } from "../../lib/local/lake/folderStore.ts";
import { loadMachine } from "../../lib/local/run/machine.ts";
import { readCsvHeader, readScoreRows, splitLine } from "../../lib/workflow/scoring/scoringInput.ts";
import { ScoreInputError } from "../../lib/workflow/scoring/scoringJob.ts";
import { allStates, type Machine, violationsOf } from "./aslRules.ts";

type Validation = { readonly isValid: boolean; readonly errorsText: (separator: string) => string };
const validate = createRequire(import.meta.url)("asl-validator") as (machine: unknown, options: object) => Validation;

const FILE = new URL("../../lib/workflow/batch-scoring.asl.json", import.meta.url);
const machine = JSON.parse(readFileSync(FILE, "utf8")) as Machine;

describe("the scoring machine", () => {
  it("is valid Amazon States Language with its substitutions filled in", () => {
    const { isValid, errorsText } = validate(structuredClone(loadMachine(FILE)), { checkArn: true, checkPaths: true });
    expect(isValid, errorsText("\n")).toBe(true);
  });
  it("says only what both engines honour, and hands every error on", () => {
    expect(violationsOf(machine, "RecordScoringFailure")).toEqual([]);
  });
  it("has one function for all tasks", () => {
    const tasks = allStates(machine).filter(({ state }) => state.Type === "Task");
    for (const { state } of tasks) expect(state.Resource).toMatch(/^\$\{ScoreJobFunctionArn\}$/);
    expect(tasks).toHaveLength(4);
  });
});

describe("CSV dealt to workers by bytes", () => {
  const directory = mkdtempSync(join(tmpdir(), "rfm-csv-"));
  const store = openFolderStore(directory);
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  async function rowsOf(text: string, cuts: readonly number[]): Promise<string[]> {
    const { bytes } = await store.write("a.csv", text);
    const header = await readCsvHeader(store, { key: "a.csv", bytes });
    const edges = [0, ...cuts.map((cut) => cut % (bytes + 1)), bytes].sort((a, b) => a - b);
    const parts: string[][] = [];
    for (let i = 1; i < edges.length; i++) {
      const [start, end] = [edges[i - 1] as number, edges[i] as number];
      const rows = await readScoreRows(store, { kind: "csv", key: "a.csv", start, end, bytes, ...header });
      parts.push(rows.customerId.map((id, row) => `${id}|${rows.recencyDays[row]}|${rows.monetary[row]}`));
    }
    return parts.flat();
  }

  it("gives every line to exactly one of them, wherever the cuts are", async () => {
    const id = fc.string({ unit: "grapheme", maxLength: 8 }).filter((text) => /^\P{C}*$/u.test(text));
    const line = fc.tuple(id, fc.nat(999), fc.nat(9_999));
    await fc.assert(
      fc.asyncProperty(
        fc.array(line, { maxLength: 20 }),
        fc.array(fc.nat(), { maxLength: 5 }),
        fc.constantFrom("\n", "\r\n"),
        fc.boolean(),
        async (lines, cuts, newLine, ends) => {
          const body = lines.map(([name, r, m]) => `"${name.replaceAll('"', '""')}",${r},2,${m / 100}`).join(newLine);
          const text = `customer_id,recency,frequency,monetary${newLine}${body}${ends ? newLine : ""}`;
          expect(await rowsOf(text, cuts)).toEqual(lines.map(([name, r, m]) => `${name}|${r}|${m / 100}`));
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each([
    ["no header", "1,2,3,4\n"],
    ["a number that is none", "customer_id,recency,frequency,monetary\na,1,2,NaN\n"],
    ["a short line", "customer_id,recency,frequency,monetary\na,1\n"],
    ["a quote over two lines", 'customer_id,recency,frequency,monetary\n"a\nb",1,2,3\n'],
    ["a negative recency", "customer_id,recency,frequency,monetary\na,-1,2,3\n"],
    ["a frequency of zero", "customer_id,recency,frequency,monetary\na,1,0,3\n"],
  ])("refuses %s", async (_, text) => {
    await expect(rowsOf(text, [])).rejects.toThrow(ScoreInputError);
  });

  it("splits quoted fields", () => {
    expect(splitLine('a,"b,""c""",,d\r\n', "x")).toEqual(["a", 'b,"c"', "", "d"]);
    expect(splitLine("", "x")).toEqual([""]);
  });
});
