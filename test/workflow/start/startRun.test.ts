import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import { DropError } from "../../../lib/workflow/lake/completedFolder.ts";
import { encodeParameter } from "../../../lib/workflow/sql/parameters.ts";
import { DEPLOYED_CONFIG_KEY } from "../../../lib/workflow/start/beginRun.ts";
import {
  decideDrop,
  droppedObjects,
  executionName,
  type ObjectCreatedEvent,
  startRun,
} from "../../../lib/workflow/start/startRun.ts";

/** As EventBridge sends it: with the key as it is. */
function eventFor(key: string, object: Partial<ObjectCreatedEvent["detail"]["object"]> = {}): ObjectCreatedEvent {
  return {
    detail: {
      bucket: { name: "lake-1" },
      object: { key, size: 10, etag: "e1", "version-id": "v1", sequencer: "0061", ...object },
    },
  };
}

async function deployment() {
  const store = openFolderStore(await mkdtemp(join(tmpdir(), "rfm-start-")));
  const started = new Map<string, unknown>();
  const start = async (name: string, input: unknown) => {
    if (started.has(name)) return "already started" as const;
    started.set(name, input);
    return "started" as const;
  };
  return { store, started, ports: { store, start } };
}

describe("startRun", () => {
  it("starts a run for a file at the top of incoming/ at once", async () => {
    const { ports, started } = await deployment();
    const result = await startRun(ports, eventFor("incoming/Orders May+June 2024.csv.gz"));
    expect(result.outcome).toBe("started");
    expect([...started.values()]).toEqual([
      {
        configKey: null,
        drop: { objects: [{ key: "incoming/Orders May+June 2024.csv.gz", source: "Orders May+June 2024.csv" }] },
      },
    ]);
  });

  it("starts one run for the same event twice, and another for the file dropped again", async () => {
    const { ports, started } = await deployment();
    const event = eventFor("incoming/a.csv");
    expect((await startRun(ports, event)).outcome).toBe("started");
    expect((await startRun(ports, event)).outcome).toBe("already started");
    await startRun(ports, eventFor("incoming/a.csv", { "version-id": "v2", sequencer: "0062" }));
    expect(started.size).toBe(2);
  });

  it("tells two writes of the same bytes apart in a bucket without versions", () => {
    const { "version-id": _, ...object } = eventFor("incoming/a.csv").detail.object;
    const write = (sequencer: string) =>
      executionName({ detail: { bucket: { name: "b" }, object: { ...object, sequencer } } });
    expect(write("1")).toBe(write("1"));
    expect(write("1")).not.toBe(write("2"));
  });

  it("waits for a folder to be complete, then starts one run for all of it", async () => {
    const { store, ports, started } = await deployment();
    for (const name of ["part-1.csv", "part-0.csv.gz", ".hidden", "_started"])
      await store.write(`incoming/2024-06/${name}`, "x");
    await store.write("incoming/2024-06/empty.csv", "");
    await store.write("incoming/2024-060/other.csv", "x");
    expect((await startRun(ports, eventFor("incoming/2024-06/part-0.csv.gz"))).outcome).toBe("ignored");
    await store.write("incoming/2024-06/_SUCCESS", "");
    expect((await startRun(ports, eventFor("incoming/2024-06/_SUCCESS", { size: 0 }))).outcome).toBe("started");
    expect([...started.values()]).toEqual([
      {
        configKey: null,
        drop: {
          objects: [
            { key: "incoming/2024-06/part-0.csv.gz", source: "2024-06/part-0.csv" },
            { key: "incoming/2024-06/part-1.csv", source: "2024-06/part-1.csv" },
          ],
          // So that parts of it that were dropped before and are not here go.
          folders: ["2024-06/"],
        },
      },
    ]);
  });

  it.each([
    ['{"files": ["b.csv"]}', ["incoming/f/b.csv"]],
    [
      '{"entries": [{"url": "s3://elsewhere/x/b.csv", "mandatory": true}, {"url": "s3://elsewhere/x/a.csv"}]}',
      ["incoming/f/b.csv", "incoming/f/a.csv"],
    ],
    ['{"anything": "else"}', ["incoming/f/a.csv", "incoming/f/b.csv"]],
    ["null", ["incoming/f/a.csv", "incoming/f/b.csv"]],
  ])("takes from a folder what its manifest %s says", async (manifest, keys) => {
    const { store, ports, started } = await deployment();
    for (const name of ["a.csv", "b.csv"]) await store.write(`incoming/f/${name}`, "x");
    await store.write("incoming/f/manifest.json", manifest);
    await startRun(ports, eventFor("incoming/f/manifest.json"));
    const [input] = [...started.values()] as { drop: { objects: { key: string }[] } }[];
    expect(input?.drop.objects.map(({ key }) => key)).toEqual(keys);
  });

  it("refuses a folder without files, a manifest that is none or names what is not there, and a name twice", async () => {
    const { store, ports } = await deployment();
    await store.write("incoming/empty/_SUCCESS", "");
    await expect(startRun(ports, eventFor("incoming/empty/_SUCCESS"))).rejects.toThrow(/complete, but holds no file/);
    await store.write("incoming/bad/manifest.json", "{");
    await expect(startRun(ports, eventFor("incoming/bad/manifest.json"))).rejects.toThrow(/manifest\.json is not JSON/);
    await store.write("incoming/gone/manifest.json", '{"files": ["x.csv", "../../models/aliases.json"]}');
    await expect(startRun(ports, eventFor("incoming/gone/manifest.json"))).rejects.toThrow(
      /names incoming\/gone\/x\.csv, which is not there/,
    );
    expect(() => droppedObjects(["incoming/a.csv", "incoming/a.csv.gz"])).toThrow(DropError);
  });

  it("cannot be led out of the folder by a manifest", async () => {
    const { store, ports } = await deployment();
    await store.write("models/aliases.json", "{}");
    await store.write("incoming/f/manifest.json", '{"files": ["../../models/aliases.json"]}');
    await expect(startRun(ports, eventFor("incoming/f/manifest.json"))).rejects.toThrow(DropError);
  });

  it("keeps the settings of the moment for the attempt, once", async () => {
    const { store, ports, started } = await deployment();
    await store.write(DEPLOYED_CONFIG_KEY, '{"returns":"net"}');
    const { detail } = await startRun(ports, eventFor("incoming/a.csv"));
    await store.write(DEPLOYED_CONFIG_KEY, '{"returns":"count"}');
    await startRun(ports, eventFor("incoming/a.csv"));
    const { configKey } = started.get(detail) as { configKey: string };
    expect(configKey).toBe(`attempts/attempt=${detail}/config.json`);
    expect(new TextDecoder().decode(await store.read(configKey))).toBe('{"returns":"net"}');
  });

  it("segments the history again on schedule, once per time", async () => {
    const { ports, started } = await deployment();
    const event = { refreshAt: "2024-06-01T06:00:00Z" };
    await startRun(ports, event);
    await startRun(ports, event);
    expect([...started]).toEqual([["refresh-20240601T060000Z", { configKey: null, drop: { objects: [] } }]]);
  });
});

describe("decideDrop", () => {
  it.each([
    ["incoming/", "is a folder"],
    ["incoming/2024/", "is a folder"],
    ["incoming/.DS_Store", "is hidden"],
    ["incoming/_SUCCESS", "is hidden"],
    ["incoming/2024/part.csv", "is part of a folder"],
    ["raw/x.csv", "is not in incoming/"],
    ["incomingx/a.csv", "is not in incoming/"],
  ])("ignores %s: it %s", (key, reason) => {
    const decision = decideDrop(key, 10);
    expect(decision.kind).toBe("ignore");
    expect((decision as { reason: string }).reason).toContain(reason);
  });

  it("ignores an empty file", () => {
    expect(decideDrop("incoming/a.csv", 0).kind).toBe("ignore");
  });
});

describe("executionName", () => {
  const key = fc.string({ unit: "grapheme", minLength: 1, maxLength: 300 }).map((name) => `incoming/${name}`);

  it("is one that Step Functions, S3 prefixes and SQL parameters all take, for any key", () => {
    fc.assert(
      fc.property(
        key.filter((text) => text.isWellFormed()),
        (text) => {
          const name = executionName(eventFor(text));
          expect(name.length).toBeLessThanOrEqual(80);
          expect(encodeParameter("ingest_id", name)).toBe(name);
        },
      ),
    );
  });

  it("differs by bucket, key and version", () => {
    const base = eventFor("incoming/a b.csv");
    const names = [
      base,
      eventFor("incoming/a-b.csv"),
      eventFor("incoming/a b.csv", { "version-id": "v2" }),
      { detail: { ...base.detail, bucket: { name: "lake-2" } } },
    ].map(executionName);
    expect(new Set(names).size).toBe(4);
    expect(names[0]).toMatch(/^a-b\.csv-[0-9a-f]{16}$/);
  });

  it.each([
    "sales+returns.csv",
    "rabatt 50%.csv",
    "a%20b.csv",
    "100%25.csv",
    "Käufer März.csv",
    "🛒.csv",
    "%E0%A4%A.csv",
    "x".repeat(900),
  ])("starts a run for the very key of the event: %s", async (name) => {
    const { ports, started } = await deployment();
    await startRun(ports, eventFor(`incoming/${name}`));
    const [input] = [...started.values()] as { drop: { objects: { key: string }[] } }[];
    expect(input?.drop.objects[0]?.key).toBe(`incoming/${name}`);
  });

  it("takes any key as it is", async () => {
    await fc.assert(
      fc.asyncProperty(
        key.filter((text) => text.isWellFormed() && decideDrop(text).kind === "file"),
        async (text) => {
          const { ports, started } = await deployment();
          await startRun(ports, eventFor(text));
          const [input] = [...started.values()] as { drop: { objects: { key: string }[] } }[];
          expect(input?.drop.objects[0]?.key).toBe(text);
        },
      ),
      { numRuns: 30 },
    );
  });
});
