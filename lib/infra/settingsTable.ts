import { z } from "zod";
import { settingsSchema } from "./settings.ts";

interface PropertySchema {
  readonly description?: string;
  readonly default?: unknown;
}

/** The settings as a Markdown table: name, default, meaning. `docs/deploy.md` holds it; a test keeps it so. */
export function settingsTable(): string {
  const { properties } = z.toJSONSchema(settingsSchema, { io: "input", unrepresentable: "any" }) as {
    properties: Record<string, PropertySchema>;
  };
  const rows = Object.entries(properties).map(([name, { description, default: value }]) => {
    return `| \`${name}\` | ${value === undefined ? "–" : `\`${value}\``} | ${description ?? ""} |`;
  });
  return ["| setting | default | meaning |", "|---|---|---|", ...rows].join("\n");
}
