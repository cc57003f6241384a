import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import type { ObjectStore } from "../../../lib/ports.ts";
import type { ExecutionStatus } from "../../../lib/workflow/start/beginRun.ts";
import { DEPLOYED_CONFIG_KEY } from "../../../lib/workflow/start/beginRun.ts";
import { startRun } from "../../../lib/workflow/start/startRun.ts";
import { STREAM_LIMITS } from "../../../lib/workflow/start/streamRun.ts";

const HOUR = "incoming/stream/2026/11/21/10/";
const TICK = { streamAt: "2026-11-21T11:00:00Z" };

interface Execution {
  status: ExecutionStatus;
  readonly configKey: string | null;
  readonly keys: readonly string[];
}

type Crash = "before state" | "after state" | "before start" | "after start";

/** Step Functions as far as start-run sees it, over a real store; the next call of a kind can be made to die. */
async function deployment() {
  const store = openFolderStore(await mkdtemp(join(tmpdir(), "rfm-stream-")));
  const executions = new Map<string, Execution>();
  let crash: Crash | undefined;
  const dieAt = (point: Crash): void => {
    if (crash !== point) return;
    crash = undefined;
    throw new Error(`died ${point}`);
  };
  const dying: ObjectStore = {
    ...store,
    write: async (key, body, options) => {
      if (key === "stream/state.json") dieAt("before state");
      const written = await store.write(key, body, options);
      if (key === "stream/state.json") dieAt("after state");
      return written;
    },
  };
  const start = async (
    name: string,
    input: { configKey: string | null; drop: { objects: readonly { key: string }[] } },
  ) => {
    dieAt("before start");
    if (executions.has(name)) return "already started" as const;
    const keys = input.drop.objects.map(({ key }) => key);
    executions.set(name, { status: "running", configKey: input.configKey, keys });
    dieAt("after start");
    return "started" as const;
  };
  const statusOf = async (name: string) => executions.get(name)?.status;
  return {
    store,
    executions,
    tick: () => startRun({ store: dying, start, statusOf }, TICK),
    crashNext: (point: Crash | undefined) => {
      crash = point;
    },
    arrive: (name: string, content = name) => store.write(`${HOUR}${name}`, content),
    end: (status: "succeeded" | "failed") => {
      for (const execution of executions.values()) if (execution.status === "running") execution.status = status;
    },
    last: () => [...executions.values()].at(-1) as Execution,
    state: async () => JSON.parse(new TextDecoder().decode(await store.read("stream/state.json"))),
  };
}

describe("a tick of the stream", () => {
  it("takes all that has come as one drop, each object as a source by its key", async () => {
    const { store, tick, arrive, executions } = await deployment();
    for (const name of ["b.jsonl.gz", "a.jsonl.gz", ".hidden", "_SUCCESS"]) await arrive(name);
    await arrive("empty.jsonl.gz", "");
    await store.write("incoming/other.csv", "x");
    const inputs: unknown[] = [];
    const started = await startRun(
      {
        store,
        statusOf: async () => undefined,
        start: async (_name, input) => {
          inputs.push(input.drop);
          return "started";
        },
      },
      TICK,
    );
    expect(started.detail).toMatch(/^stream-[0-9a-f]{16}$/);
    expect(inputs).toEqual([
      {
        objects: [
          { key: `${HOUR}a.jsonl.gz`, source: "stream/2026/11/21/10/a.jsonl.gz" },
          { key: `${HOUR}b.jsonl.gz`, source: "stream/2026/11/21/10/b.jsonl.gz" },
        ],
      },
    ]);
    expect((await tick()).detail).toBe(started.detail);
    expect(executions.size).toBe(1);
  });

  it("starts nothing without something new, while its run goes on, and when it comes twice", async () => {
    const { tick, arrive, end, executions } = await deployment();
    expect(await tick()).toEqual({ outcome: "ignored", detail: "nothing new in incoming/stream/" });
    await arrive("a");
    expect((await tick()).outcome).toBe("started");
    await arrive("b");
    expect((await tick()).detail).toMatch(/^stream-[0-9a-f]+ is still running$/);
    end("succeeded");
    await tick();
    end("succeeded");
    for (let i = 0; i < 3; i++) expect((await tick()).outcome).toBe("ignored");
    expect([...executions.values()].map(({ keys }) => keys)).toEqual([[`${HOUR}a`], [`${HOUR}b`]]);
  });

  it("starts one run when two ticks come at the same time", async () => {
    const { tick, arrive, executions } = await deployment();
    await arrive("a");
    await Promise.all([tick(), tick(), tick()]);
    expect(executions.size).toBe(1);
  });

  it("takes what a failed run was to take again, half of it at first, until what cannot be read is alone", async () => {
    const { tick, arrive, end, last } = await deployment();
    for (const name of ["a", "b", "bad", "d"]) await arrive(name);
    const taken: string[] = [];
    for (let i = 0; i < 6; i++) {
      await tick();
      taken.push(
        last()
          .keys.map((key) => key.slice(HOUR.length))
          .join(" "),
      );
      end(last().keys.includes(`${HOUR}bad`) ? "failed" : "succeeded");
    }
    expect(taken).toEqual(["a b bad d", "a b", "bad d", "bad", "bad", "bad"]);
  });

  it("goes on once a person has removed what could not be read", async () => {
    const { store, tick, arrive, end, last } = await deployment();
    for (const name of ["bad", "d"]) await arrive(name);
    await tick();
    end("failed");
    await store.remove([`${HOUR}bad`]);
    await tick();
    expect(last().keys).toEqual([`${HOUR}d`]);
  });

  it("takes an object that was written anew under its key, and forgets what has expired", async () => {
    const { store, tick, arrive, end, last, state } = await deployment();
    await arrive("a", "one");
    await arrive("b", "one");
    await tick();
    end("succeeded");
    await arrive("a", "another");
    await store.remove([`${HOUR}b`]);
    await tick();
    expect(last().keys).toEqual([`${HOUR}a`]);
    end("succeeded");
    await tick();
    expect((await state()).taken.map(({ key }: { key: string }) => key)).toEqual([`${HOUR}a`]);
  });

  it("takes the oldest first and leaves the rest to the next ticks, far below Step Functions' limit", async () => {
    const { store, executions, arrive } = await deployment();
    const names = Array.from(
      { length: STREAM_LIMITS.objects + 3 },
      (_, i) => `rfm-prod-stream-1-2026-11-21-10-05-00-00000000-0000-0000-0000-${String(i).padStart(12, "0")}.jsonl.gz`,
    );
    for (const name of names) await arrive(name, "x");
    const inputs: string[] = [];
    const start = async (name: string, input: object) => {
      inputs.push(JSON.stringify(input));
      executions.set(name, { status: "succeeded", configKey: null, keys: [] });
      return "started" as const;
    };
    const tick = () => startRun({ store, start, statusOf: async (name) => executions.get(name)?.status }, TICK);
    await tick();
    await tick();
    const keys = inputs.map((input) => JSON.parse(input).drop.objects.map(({ key }: { key: string }) => key));
    expect(keys.map(({ length }) => length)).toEqual([STREAM_LIMITS.objects, 3]);
    expect(keys.flat()).toEqual(names.map((name) => `${HOUR}${name}`));
    expect(Buffer.byteLength(inputs[0] as string)).toBeLessThan(200 * 1024);
  });

  it("bounds a run by bytes and by the length of keys, but takes one object whatever its size", async () => {
    const listed = (entries: [string, number][]): ObjectStore => {
      const objects = entries.map(([key, bytes]) => ({ key: `${HOUR}${key}`, bytes, etag: key.slice(0, 20) }));
      return { ...memory, list: async () => objects };
    };
    const memory = openFolderStore(await mkdtemp(join(tmpdir(), "rfm-stream-")));
    const countOf = async (entries: [string, number][]): Promise<number> => {
      await memory.remove(["stream/state.json"]);
      let count = 0;
      const start = async (_: string, { drop }: { drop: { objects: readonly unknown[] } }) => {
        count = drop.objects.length;
        return "started" as const;
      };
      await startRun({ store: listed(entries), start, statusOf: async () => undefined }, TICK);
      return count;
    };
    const half = STREAM_LIMITS.bytes / 2;
    const three: [string, number][] = [
      ["a", half],
      ["b", half],
      ["c", 1],
    ];
    expect(await countOf(three)).toBe(2);
    expect(
      await countOf([
        ["a", 10 * half],
        ["b", 1],
      ]),
    ).toBe(1);
    const long = Array.from({ length: 200 }, (_, i): [string, number] => [`${100 + i}${"é".repeat(490)}`, 1]);
    expect(await countOf(long)).toBe(Math.floor(STREAM_LIMITS.keyBytes / Buffer.byteLength(`${HOUR}${long[0]?.[0]}`)));
  });

  it("accepts a batch that was delivered twice, above the settings of the deployment", async () => {
    const { store, tick, arrive, end, last } = await deployment();
    const settings = async (): Promise<unknown> =>
      JSON.parse(new TextDecoder().decode(await store.read(last().configKey as string)));
    await arrive("a");
    await tick();
    expect(await settings()).toEqual({ copies: "allow" });
    end("succeeded");
    await store.write(DEPLOYED_CONFIG_KEY, '{"returns":"net","copies":"refuse"}');
    await arrive("b");
    await tick();
    expect(await settings()).toEqual({ returns: "net", copies: "allow" });
  });

  it("leaves settings that are no JSON for the run to refuse", async () => {
    const { store, tick, arrive, last } = await deployment();
    await store.write(DEPLOYED_CONFIG_KEY, "{");
    await arrive("a");
    await tick();
    expect(new TextDecoder().decode(await store.read(last().configKey as string))).toBe("{");
  });

  it("loses and doubles nothing, whatever dies and whatever fails", async () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ does: fc.constant("arrive" as const), name: fc.nat({ max: 8 }) }) },
      {
        weight: 4,
        arbitrary: fc.record({
          does: fc.constant("tick" as const),
          crash: fc.option(fc.constantFrom<Crash>("before state", "after state", "before start", "after start"), {
            nil: undefined,
          }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          does: fc.constant("end" as const),
          status: fc.constantFrom("succeeded" as const, "failed" as const),
        }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const { tick, crashNext, arrive, end, executions } = await deployment();
        const arrived = new Set<string>();
        const tickOrDie = () =>
          tick().catch((error: Error) => {
            if (!/^died /.test(error.message)) throw error;
          });
        const running = () => [...executions.values()].filter(({ status }) => status === "running").length;
        for (const each of steps) {
          const isNew = each.does === "arrive" && !arrived.has(`${HOUR}${each.name}`);
          if (isNew) arrived.add((await arrive(`${each.name}`)).key);
          if (each.does === "end") end(each.status);
          if (each.does !== "tick") continue;
          crashNext(each.crash);
          await tickOrDie();
          expect(running()).toBeLessThanOrEqual(1);
        }
        crashNext(undefined);
        for (let i = 0; i < 2 * arrived.size + 2; i++) {
          await tickOrDie();
          end("succeeded");
        }
        const succeeded = [...executions.values()].filter(({ status }) => status === "succeeded");
        expect(succeeded.flatMap(({ keys }) => keys).sort()).toEqual([...arrived].sort());
      }),
      { numRuns: 40 },
    );
  });
});

describe("objects of the stream", () => {
  const event = (key: string) => ({ detail: { bucket: { name: "b" }, object: { key, size: 1, etag: "e" } } });

  it.each([`${HOUR}a.jsonl.gz`, `${HOUR}_SUCCESS`, "incoming/stream/manifest.json"])(
    "%s starts nothing itself",
    async (key) => {
      const { store } = await deployment();
      await store.write(key, "{}");
      const start = () => Promise.reject(new Error("must not start"));
      const { outcome, detail } = await startRun({ store, start, statusOf: async () => undefined }, event(key));
      expect([outcome, detail]).toEqual(["ignored", `${key} is part of the stream, which has a schedule`]);
    },
  );

  it("are those of any folder where no stream comes in, and a tick starts nothing", async () => {
    const { store } = await deployment();
    await store.write("incoming/stream/a.csv", "x");
    await store.write("incoming/stream/_SUCCESS", "");
    const start = async () => "started" as const;
    expect((await startRun({ store, start }, event("incoming/stream/_SUCCESS"))).outcome).toBe("started");
    expect((await startRun({ store, start }, TICK)).outcome).toBe("ignored");
  });
});
