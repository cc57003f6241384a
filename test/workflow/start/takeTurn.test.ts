import { describe, expect, it } from "vitest";
import { openFolderStore } from "../../../lib/local/lake/folderStore.ts";
import type { ObjectStore } from "../../../lib/ports.ts";
import type { ExecutionStatus } from "../../../lib/workflow/start/beginRun.ts";
import { takeTurn } from "../../../lib/workflow/start/takeTurn.ts";
import { temporaryFolder } from "../../support/lake.ts";

const executions = (...running: string[]) => {
  const statuses = new Map<string, ExecutionStatus>(running.map((name) => [name, "running"]));
  return { statuses, statusOf: async (name: string) => statuses.get(name) };
};

/** Has something else happen right before one kind of call. */
function interrupted(store: ObjectStore, before: "head" | "read" | "write", other: () => Promise<void>): ObjectStore {
  let isDone = false;
  const call = async (...args: never[]): Promise<unknown> => {
    if (!isDone) {
      isDone = true;
      await other();
    }
    return (store[before] as (...all: never[]) => Promise<unknown>)(...args);
  };
  return Object.create(store, { [before]: { value: call } });
}

describe("takeTurn", () => {
  it("lets one run at a time begin; a turn ends with its execution, however that ends", async () => {
    const { statuses, statusOf } = executions("a", "b", "c");
    const ports = { store: openFolderStore(temporaryFolder()), statusOf };
    expect(await takeTurn(ports, "a")).toMatchObject({ isMine: true });
    expect(await takeTurn(ports, "b")).toMatchObject({ isMine: false, waitSeconds: 60 });
    // An answer that got lost is asked for again.
    expect(await takeTurn(ports, "a")).toMatchObject({ isMine: true });
    statuses.set("a", "failed");
    expect(await takeTurn(ports, "c")).toMatchObject({ isMine: true });
    expect(await takeTurn(ports, "b")).toMatchObject({ isMine: false });
    // Over 90 days ago: Step Functions does not know it any more.
    statuses.delete("c");
    expect(await takeTurn(ports, "b")).toMatchObject({ isMine: true });
  });

  it.each([
    ["head", true],
    ["write", true],
    ["head", false],
    ["read", false],
    ["write", false],
  ] as const)("never gives it to two: another comes before the %s, nobody ran before: %s", async (before, isFirst) => {
    const { statuses, statusOf } = executions("a", "b", "gone");
    const store = openFolderStore(temporaryFolder());
    if (!isFirst) await takeTurn({ store, statusOf }, "gone");
    statuses.set("gone", "succeeded");
    const others: boolean[] = [];
    const other = async (): Promise<void> => {
      others.push((await takeTurn({ store, statusOf }, "b")).isMine);
    };
    const mine = await takeTurn({ store: interrupted(store, before, other), statusOf }, "a");
    expect([mine.isMine, ...others]).toEqual([false, true]);
  });
});
