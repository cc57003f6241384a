import { mkdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, expect, it, vi } from "vitest";
import { SegmentationError } from "../../../lib/domain/errors.ts";
import { readDrop } from "../../../lib/ingest/readDelivery.ts";
import { type FolderWatch, type WatchOptions, watchFolder } from "../../../lib/local/run/watchFolder.ts";
import { temporaryFolder } from "../../support/lake.ts";
import { shopCsv, writeText } from "../../support/shop.ts";

const folder = temporaryFolder();
let watching: FolderWatch | undefined;
afterAll(async () => {
  await watching?.close();
  rmSync(folder, { recursive: true, force: true });
});

const shop = (seed: number) => shopCsv({ seed, customers: 5, lines: 10 });

it("runs batches of what comes and changes, sets bad files aside, and tries the rest again", async () => {
  const directory = join(folder, "in");
  const scratchDirectory = join(folder, "scratch");
  mkdirSync(directory);
  mkdirSync(scratchDirectory);
  const drop = (name: string, text: string | Uint8Array) => writeText(join(directory, name), text);
  const events: string[] = [];
  const names = (files: readonly string[]) => files.map((file) => basename(file)).join("+");
  let isBusy = true;
  const options: WatchOptions = {
    directory,
    quietMs: 300,
    isKnown: async (file) => basename(file) === "known.csv",
    // The real reader decides what is at fault.
    run: async (files) => {
      const dropped = files.map((path) => ({ path, source: basename(path) }));
      await readDrop({ files: dropped, scratchDirectory, outputPath: join(scratchDirectory, "o.parquet"), threads: 1 });
      if (isBusy && files.some((file) => file.endsWith("late.csv"))) {
        isBusy = false;
        throw new SegmentationError("LAKE_BUSY", "busy");
      }
      if (files.some((file) => file.endsWith("copy.csv"))) throw new SegmentationError("DROP_REFUSED", "a copy");
      events.push(`ran ${names(files)}`);
    },
    onRefused: (file) => events.push(`refused ${names([file])}`),
    onFailed: (files) => events.push(`failed ${names(files)}`),
  };
  drop("first.csv", shop(1));
  drop("known.csv", shop(2));
  drop(".hidden.csv", shop(3));
  drop("half.csv.part", shop(3));
  watching = watchFolder(options);
  await watching.ready;
  await vi.waitFor(() => expect(events).toEqual(["ran first.csv"]), { timeout: 20_000 });

  drop(
    "bad.csv",
    Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) % 256),
  );
  drop("good.csv", shop(4));
  await vi.waitFor(() => expect(events.slice(1)).toEqual(["refused bad.csv", "ran good.csv"]), { timeout: 20_000 });

  drop("copy.csv", shop(4));
  drop("other.csv", shop(5));
  await vi.waitFor(() => expect(events.slice(3)).toEqual(["refused copy.csv", "ran other.csv"]), { timeout: 20_000 });

  drop("late.csv", shop(6));
  await vi.waitFor(() => expect(events.slice(5)).toEqual(["failed late.csv"]), { timeout: 20_000 });
  drop("bad.csv", shop(7));
  await vi.waitFor(() => expect(events.slice(6)).toEqual(["ran bad.csv+late.csv"]), { timeout: 20_000 });

  await watching.close();
  drop("after.csv", shop(8));
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  expect(events).toHaveLength(7);
});
