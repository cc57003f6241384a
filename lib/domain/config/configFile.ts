import { z } from "zod";
import { SegmentationError } from "../errors.ts";
import { nearest } from "../text/suggest.ts";
import { type Config, configSchema } from "./config.ts";

/** A configuration with an unknown or wrong setting; the message names each of them. */
export class ConfigError extends SegmentationError {
  constructor(origin: string, problems: readonly string[]) {
    super("CONFIG", `${origin} cannot be used:\n${problems.map((p) => `  - ${p}`).join("\n")}`, { origin, problems });
  }
}

/**
 * Validates a configuration and fills in the defaults.
 * @param origin what to call it in messages, usually the file's path.
 * @throws ConfigError naming every wrong setting, and the nearest right name of an unknown one.
 */
export function parseConfig(input: unknown, origin = "The configuration"): Config {
  const parsed = configSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    origin,
    parsed.error.issues.flatMap((issue) => describeIssue(issue, input)),
  );
}

/** As {@link parseConfig}, from JSON text; a syntax error names the place. */
export function parseConfigText(text: string, origin: string): Config {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(origin, [`is not JSON: ${(error as Error).message}`]);
  }
  return parseConfig(value, origin);
}

/** Settings whose values no message repeats. */
const SECRET = "notify";

/** The published JSON schema of the configuration (draft 2020-12). */
export function configJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(configSchema, { io: "input", target: "draft-2020-12" });
  return { ...schema, title: "rfm-segmentation configuration", $id: "rfm.config.schema.json" };
}

function describeIssue(issue: z.core.$ZodIssue, input: unknown): string[] {
  const path = issue.path.map(String);
  const at = path.join(".") || "the top level";
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => `unknown setting "${[...path, key].join(".")}"${nearest(key, settingsAt(path))}`);
  }
  // Without branches it is a word that tells none of the forms.
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const branch = likeliestBranch(issue.errors);
    return branch.flatMap((inner) => describeIssue({ ...inner, path: [...issue.path, ...inner.path] }, input));
  }
  if (issue.code === "invalid_key")
    return [`unknown setting "${at}"${nearest(path.at(-1) ?? "", settingsAt(path.slice(0, -1)))}`];
  const given = path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], input);
  const shown =
    given === undefined || issue.path[0] === SECRET ? "" : ` (it is ${JSON.stringify(given)?.slice(0, 80)})`;
  if (issue.code === "invalid_value" && typeof given === "string") {
    return [`"${at}" must be ${listValues(issue.values)}${shown}${nearest(given, issue.values.map(String))}`];
  }
  const message = issue.message
    .replace(/^Invalid input: /, "")
    .replace(/^Invalid discriminator value. Expected /, "must be ");
  return [`"${at}" ${message.replaceAll("' | '", "' or '")}${shown}`];
}

/** Of the forms that a setting may have, the one that it was meant to be: the deepest fault, then the fewest. */
function likeliestBranch(branches: readonly (readonly z.core.$ZodIssue[])[]): readonly z.core.$ZodIssue[] {
  const isOfOtherType = (issues: readonly z.core.$ZodIssue[]): boolean =>
    issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);
  const alike = branches.filter((issues) => !isOfOtherType(issues));
  const depth = (issues: readonly z.core.$ZodIssue[]): number => Math.max(...issues.map(({ path }) => path.length));
  const ranked = [...(alike.length > 0 ? alike : branches)].sort((a, b) => depth(b) - depth(a) || a.length - b.length);
  return ranked[0] ?? [];
}

function listValues(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}

/** Names that the schema knows at a path, for the suggestion. */
function settingsAt(path: readonly string[]): string[] {
  type Node = { properties?: Record<string, Node>; propertyNames?: { enum?: string[] }; items?: Node };
  let node = configJsonSchema() as Node | undefined;
  for (const key of path) node = /^\d+$/.test(key) ? node?.items : node?.properties?.[key];
  return node?.properties ? Object.keys(node.properties) : (node?.propertyNames?.enum ?? []);
}
