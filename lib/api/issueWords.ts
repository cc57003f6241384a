import type { z } from "@hono/zod-openapi";

/** Kinds of values in a person's words. */
const KINDS: Readonly<Record<string, string>> = {
  ...{ string: "text", number: "a number", int: "a whole number", boolean: "true or false", null: "null" },
  ...{ array: "a list", object: "an object", record: "an object", NaN: "no number", date: "a date" },
};
const kind = (name: string): string => KINDS[name] ?? name;

/** What a count is of. */
const UNITS: Readonly<Record<string, string>> = { string: "characters", array: "entries", set: "entries" };

/**
 * What is wrong with a value, in words rather than a validator's; what a schema says in words of its own stays.
 * @example
 * ```ts
 * const message = "Invalid input: expected number, received string";
 * issueWords({ code: "invalid_type", expected: "number", path: [], message }); // → "must be a number, not text"
 * ```
 */
export function issueWords(issue: z.core.$ZodIssue): string {
  // A schema's own sentence.
  if (!/^(?:Invalid|Too|Unrecognized)\b/.test(issue.message)) return issue.message;
  if (issue.code === "unrecognized_keys") {
    const names = issue.keys.slice(0, 5).map((key) => key.slice(0, 60));
    return `Unknown: ${names.join(", ")}`;
  }
  if (issue.code === "invalid_type") {
    const received = /received (\w+)/.exec(issue.message)?.[1] ?? "something else";
    return received === "undefined" ? "is missing" : `must be ${kind(issue.expected)}, not ${kind(received)}`;
  }
  if (issue.code === "invalid_value") {
    const values = issue.values.map(String);
    return `must be ${values.length === 1 ? "" : "one of "}${values.join(", ")}`;
  }
  if (issue.code === "too_small") return bound(issue.origin, "at least", issue.inclusive, "more than", issue.minimum);
  if (issue.code === "too_big") return bound(issue.origin, "at most", issue.inclusive, "less than", issue.maximum);
  return issue.message.replace(/^Invalid \w+: /, "");
}

function bound(
  origin: string,
  within: string,
  isInclusive: boolean | undefined,
  beyond: string,
  limit: number | bigint,
): string {
  const unit = UNITS[origin];
  if (unit !== undefined && limit === 1 && within === "at least") return "must not be empty";
  const what = `${isInclusive === false ? beyond : within} ${limit}`;
  return unit === undefined ? `must be ${what}` : `must have ${what} ${unit}`;
}
