/**
 * Where a run's time goes: wall and CPU-seconds of this process (all its threads) by state, and what is before and after; with
 * `--statements` also by SQL statement, which then run one after the other.
 *
 *   npm run bench -- profile FILE [--threads N] [--statements]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { SqlEngine, StatementResult } from "../lib/ports.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { threads: { type: "string" }, statements: { type: "boolean" } },
});
const [file] = positionals;
if (file === undefined) throw new Error("Usage: npm run bench -- profile FILE");

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

interface Mark {
  readonly wall: number;
  readonly cpu: number;
}
const mark = (): Mark => ({ wall: performance.now() / 1000, cpu: cpuSeconds() });
const spent = new Map<string, Mark>();
let last: Mark = { wall: 0, cpu: 0 };

/** Books what was spent since the last mark. */
function book(name: string): void {
  const now = mark();
  const before = spent.get(name) ?? { wall: 0, cpu: 0 };
  spent.set(name, { wall: before.wall + now.wall - last.wall, cpu: before.cpu + now.cpu - last.cpu });
  last = now;
}

/** One statement at a time, each with what it took. */
let queue: Promise<unknown> = Promise.resolve();
const statements = new Map<string, Mark>();
function measured(sql: SqlEngine): SqlEngine {
  const run = async (statement: string): Promise<StatementResult> => {
    const before = mark();
    const result = await sql.run(statement);
    const [now, name] = [mark(), statementName(statement)];
    const sum = statements.get(name) ?? { wall: 0, cpu: 0 };
    statements.set(name, { wall: sum.wall + now.wall - before.wall, cpu: sum.cpu + now.cpu - before.cpu });
    return result;
  };
  return {
    run: (statement) => {
      const next = queue.then(() => run(statement));
      queue = next.catch(() => undefined);
      return next;
    },
  };
}

const { parseConfig } = await import("../lib/domain/config/configFile.ts");
const { openLocalLake } = await import("../lib/local/run/runLocally.ts");
const { statementName } = await import("../lib/workflow/sql/statementText.ts");
const lakeDirectory = mkdtempSync(join(tmpdir(), "rfm-profile-"));
try {
  book("load modules");
  const lake = await openLocalLake({ lakeDirectory, threads: Number(values.threads ?? availableParallelism()) });
  book("open the lake");
  let depth = 0;
  await lake.run({
    files: [file],
    config: parseConfig({}),
    ...(values.statements === true
      ? {
          intercept: {
            ports: (ports) => Object.defineProperty(Object.create(ports), "sql", { value: measured(ports.sql) }),
          },
        }
      : {}),
    onEvent: ({ type, state }) => {
      if (type === "entered" && depth++ === 0) book("between");
      if (type === "exited" && --depth === 0) book(state);
    },
  });
  book("after the run");
  await lake.close();
  book("close");
} finally {
  rmSync(lakeDirectory, { recursive: true, force: true });
}
const total = mark();
const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`.padStart(7);
for (const [name, { wall, cpu }] of [
  ...spent,
  ["total", total] as const,
  ...[...statements].sort((a, b) => b[1].cpu - a[1].cpu),
])
  console.log(
    `${name.padEnd(32)} ${wall.toFixed(2).padStart(7)} s ${share(wall, total.wall)} ${cpu.toFixed(2).padStart(7)} CPU-s ${share(cpu, total.cpu)}`,
  );
