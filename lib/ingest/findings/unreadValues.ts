import { CANONICAL_COLUMN, type Role } from "../../domain/roles.ts";
import type { ScratchEngine } from "../engine.ts";
import { UnreadValuesError } from "../errors.ts";
import type { LoadedFile } from "../load/loadedTable.ts";

/** What the values of roles must be, in words and as a type of the engine. */
const KINDS: readonly (readonly [role: Role, what: string, type: string])[] = [
  ["date", "dates", "timestamp"],
  ["quantity", "numbers", "double"],
  ["price", "numbers", "double"],
  ["amount", "numbers", "double"],
];

interface Unread {
  readonly role: Role;
  readonly what: string;
  readonly rows: number;
  readonly filled: number;
  readonly isUnread: string;
}

async function countUnread(engine: ScratchEngine, canonical: string, roles: typeof KINDS): Promise<Unread[]> {
  const tests = roles.map(([role, what, type]) => {
    const column = CANONICAL_COLUMN[role];
    return { role, what, column, isUnread: `${column} is not null and try_cast(${column} as ${type}) is null` };
  });
  const counts = tests.flatMap(({ column, isUnread }) => [
    `cast(count(*) filter (where ${isUnread}) as double)`,
    `cast(count(${column}) as double)`,
  ]);
  const [row] = await engine.rows(`select ${counts.join(", ")} from (${canonical})`);
  return tests.map(({ role, what, isUnread }, i) => ({
    role,
    what,
    isUnread,
    rows: Number(row?.[2 * i]),
    filled: Number(row?.[2 * i + 1]),
  }));
}

/**
 * Refuses a column of which more values cannot be read than may be slips: their rows would be left out of every figure.
 * @param canonical query of the canonical rows.
 * @param limit share of the filled values.
 * @throws UnreadValuesError naming the worst column, with values and lines.
 */
export async function refuseUnreadValues(
  engine: ScratchEngine,
  files: readonly LoadedFile[],
  canonical: string,
  limit: number,
): Promise<void> {
  const roles = KINDS.filter(([role]) => files.some(({ mapping }) => mapping.columns[role] !== undefined));
  if (roles.length === 0) return;
  const unread = await countUnread(engine, canonical, roles);
  const worst = unread.reduce((a, b) => (b.rows * a.filled > a.rows * b.filled ? b : a));
  if (worst.rows === 0 || worst.rows <= limit * worst.filled) return;
  const column = CANONICAL_COLUMN[worst.role];
  const found = await engine.rows(
    `select source, ${column}, min(line_number) from (${canonical}) where ${worst.isUnread} group by 1, 2 order by 3, 1 limit 3`,
  );
  const examples = found.map(([, value, line]) => `${JSON.stringify(value)} in line ${String(line)}`);
  const source = String(found[0]?.[0]);
  const own = files.find(({ opened }) => opened.source === source)?.mapping.columns[worst.role]?.column;
  throw new UnreadValuesError(source, { ...worst, column: own ?? worst.role, examples });
}
