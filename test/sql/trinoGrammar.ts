import { existsSync } from "node:fs";
import { registerHooks } from "node:module";
import { fileURLToPath } from "node:url";

// dt-sql-parser ships ES modules whose imports leave out file names; Node wants them.
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier.startsWith(".") && context.parentURL?.includes("/dt-sql-parser/")) {
      const url = new URL(specifier, context.parentURL).href;
      const file = [`${url}.js`, `${url}/index.js`].find((candidate) => existsSync(fileURLToPath(candidate)));
      return nextResolve(file ?? specifier, context);
    }
    return nextResolve(specifier, context);
  },
});

const { TrinoSQL } = await import("dt-sql-parser");
const parser = new TrinoSQL();

/** A node of the parse tree, as far as the checks need it. */
interface Node {
  readonly constructor: { readonly name: string };
  readonly children?: Node[] | null;
  getText(): string;
}

/** What the grammar objects to in a statement; empty when it parses. */
export function grammarErrors(sql: string): string[] {
  return parser.validate(sql).map((error) => `${error.startLine}:${error.startColumn} ${error.message}`);
}

/** Names of all functions that a statement calls, in lower case. */
export function calledFunctions(sql: string): string[] {
  const names = new Set<string>();
  const visit = (node: Node): void => {
    if (node.constructor.name === "FunctionNameContext") names.add(node.getText().toLowerCase());
    for (const child of node.children ?? []) visit(child);
  };
  visit(parser.parse(sql) as unknown as Node);
  return [...names].sort();
}

/** Types that a statement casts to, in lower case. */
export function castTypes(sql: string): string[] {
  const types = new Set<string>();
  const visit = (node: Node): void => {
    if (node.constructor.name === "CastContext") {
      const type = node.children?.find((child) => /Type/.test(child.constructor.name));
      if (type !== undefined) types.add(type.getText().toLowerCase());
    }
    for (const child of node.children ?? []) visit(child);
  };
  visit(parser.parse(sql) as unknown as Node);
  return [...types].sort();
}
