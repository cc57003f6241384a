import { parseSettings, type SettingName, settingsSchema } from "../../lib/infra/settings.ts";

/** The settings as a Markdown table: name, default, meaning. `docs/deploy.md` holds it; a test keeps it so. */
export function settingsTable(): string {
  const defaults = parseSettings({});
  const rows = Object.entries(settingsSchema.shape).map(([name, schema]) => {
    const value = defaults[name as SettingName];
    return `| \`${name}\` | ${value === undefined ? "–" : `\`${value}\``} | ${schema.description ?? ""} |`;
  });
  return ["| setting | default | meaning |", "|---|---|---|", ...rows].join("\n");
}
