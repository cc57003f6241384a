import { compareUtf8 } from "../../domain/text/utf8Order.ts";

/** Where a split of several sorted files can be: for each file, rows from..to. */
export interface Bracket {
  readonly rank: number;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/**
 * Brackets the splits of several sorted files behind which so many rows have the smallest keys.
 * @param samples of each file, the keys of its rows 0, stride, 2 × stride, …
 * @param rows of each file.
 * @param ranks ascending: how many of all rows are before each split.
 */
export function bracketSplits(
  samples: readonly (readonly string[])[],
  {
    stride,
    rows,
    ranks,
  }: { readonly stride: number; readonly rows: readonly number[]; readonly ranks: readonly number[] },
): Bracket[] {
  const files = filesByKey(samples);
  const [low, high] = [startWalk(files, rows, stride), startWalk(files, rows, stride)];
  return ranks.map((rank) => {
    // The last sample that so many rows at most are below, and the first that so many at least are below.
    while (low.mostBelowNext() <= rank) low.step();
    while (!high.isDone() && high.leastBelow() < rank) high.step();
    return { rank, from: low.least(), to: high.most() };
  });
}

/**
 * The split itself. @param keys of each file, those of the bracket's rows. @returns rows of each file before the split.
 */
export function splitWithin({ rank, from }: Bracket, keys: readonly (readonly string[])[]): number[] {
  const split = [...from];
  const missing = rank - from.reduce((sum, row) => sum + row, 0);
  for (const file of filesByKey(keys).subarray(0, missing)) split[file] = (split[file] as number) + 1;
  return split;
}

/** The files that keys are from, in the order of the keys. */
function filesByKey(keys: readonly (readonly string[])[]): Uint32Array {
  const flat = keys.flat();
  const files = new Uint32Array(flat.length);
  let end = 0;
  keys.forEach((ofFile, file) => {
    files.fill(file, end, end + ofFile.length);
    end += ofFile.length;
  });
  const order = Array.from(flat.keys()).sort((a, b) => compareUtf8(flat[a] as string, flat[b] as string));
  return Uint32Array.from(order, (at) => files[at] as number);
}

/**
 * Walks over the samples of all files in the order of their keys. Once p samples of a file are passed, more than (p −
 * 1) × stride of its rows and at most p × stride are below the sample where the walk stands.
 */
function startWalk(files: Uint32Array, rows: readonly number[], stride: number) {
  const passed = rows.map(() => 0);
  let at = 0;
  let [least, most] = [0, 0];
  const leastOf = (count: number): number => (count === 0 ? 0 : (count - 1) * stride + 1);
  const mostOf = (file: number, count: number): number => Math.min(rows[file] as number, count * stride);
  const growth = (file: number, of: (count: number) => number): number => {
    const count = passed[file] as number;
    return of(count + 1) - of(count);
  };
  const mostNext = (): number => {
    const file = files[at] as number;
    return growth(file, (count) => mostOf(file, count));
  };
  return {
    isDone: () => at === files.length,
    leastBelow: () => least,
    mostBelowNext: () => (at === files.length ? Number.POSITIVE_INFINITY : most + mostNext()),
    least: () => passed.map(leastOf),
    most: () => passed.map((count, file) => mostOf(file, count)),
    step(): void {
      const file = files[at] as number;
      most += mostNext();
      least += growth(file, leastOf);
      passed[file] = (passed[file] as number) + 1;
      at += 1;
    },
  };
}
