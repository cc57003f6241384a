import { describe, expect, it } from "vitest";
import type { Role } from "../../lib/domain/roles.ts";
import { understandColumns } from "../../lib/ingest/columns/columnMapping.ts";
import { detectLayout } from "../../lib/ingest/text/dialect.ts";
import { splitFields } from "../../lib/ingest/text/splitFields.ts";
import { HEADERLESS, LAYOUTS, type Layout } from "./layouts.ts";

function understand({ text, name }: Layout, isNamed: boolean) {
  const bytes = Buffer.from(text);
  const layout = detectLayout(bytes, true, name);
  const lines = text
    .trimEnd()
    .split("\n")
    .slice(isNamed ? 1 : 0);
  const rows = lines.map((line) => splitFields(Buffer.from(line), layout.delimiter));
  const header = isNamed ? layout.header : layout.header.map((_, i) => `column ${i + 1}`);
  return understandColumns(header, {}, name, { blocks: [rows], isNamed });
}

describe("layouts of shop systems and public data sets", () => {
  it.each(LAYOUTS.map((layout) => [layout.name, layout] as const))("%s", (_name, layout) => {
    const { columns, questions } = understand(layout, true);
    const found = Object.fromEntries(Object.entries(columns).map(([role, column]) => [role, column.column]));
    expect(found).toMatchObject(layout.roles ?? {});
    for (const role of layout.without ?? []) expect(found[role], role).toBeUndefined();
    expect(questions[0]?.error.code).toBe(layout.question?.code);
    if (layout.question !== undefined) {
      expect(questions[0]?.flags.join(" | ")).toContain(layout.question.flag ?? "");
      expect(questions[0]?.error.message).toContain(layout.question.says ?? "");
      expect(questions[0]?.error.message).toContain(layout.name);
    }
    for (const column of Object.values(columns)) {
      expect(column.reason).not.toBe("");
      expect(column.confidence).toBeGreaterThan(0);
    }
  });

  it.each(HEADERLESS.map((layout) => [layout.name, layout] as const))("without header: %s", (_name, layout) => {
    const { columns, questions } = understand(layout, false);
    expect(Object.keys(columns).sort()).toEqual(Object.keys(layout.roles ?? {}).sort());
    expect(questions[0]?.error.code).toBe(layout.question?.code);
    expect(questions[0]?.flags ?? []).toEqual([layout.question?.flag].filter((flag) => flag !== undefined));
  });

  it("are answered by position or name", () => {
    const layout = LAYOUTS.find(({ name }) => name.startsWith("Names that say nothing")) as Layout;
    const rows = layout.text
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    const mapping: Partial<Record<Role, string | number>> = { customer: "F1", amount: 3 };
    const { columns, questions } = understandColumns(["f1", "f2", "f3"], mapping, "x", {
      blocks: [rows],
      isNamed: true,
    });
    expect(questions).toEqual([]);
    expect([columns.customer?.position, columns.date?.position, columns.amount?.position]).toEqual([1, 2, 3]);
  });
});
