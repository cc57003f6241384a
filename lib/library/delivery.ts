import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SegmentationError } from "../domain/errors.ts";
import { refuseAborted } from "../local/run/abortable.ts";
import { rowText } from "./rowText.ts";

/**
 * A row of transactions: columns by their names, which are recognised as those of a file are. Decimal text keeps money
 * exact.
 */
export type TransactionRow = Readonly<Record<string, unknown>>;

/**
 * What is delivered: a path of a file or folder (or a pattern), or several; the bytes or the text of one file as a
 * stream; or rows, as an iterable or a stream of objects. An empty list delivers nothing: the history is segmented as
 * it is.
 */
export type Delivery =
  | string
  | readonly string[]
  | Uint8Array
  | Iterable<TransactionRow>
  | AsyncIterable<TransactionRow>
  | AsyncIterable<Uint8Array | string>;

/** Something that is neither a path, nor bytes, nor rows; or a value in a row that no file could hold. */
export class DeliveryError extends SegmentationError {
  constructor(message: string, context: Record<string, unknown> = {}) {
    super("DELIVERY", message, context);
  }
}

export interface DeliveryOptions {
  /**
   * Name by which the rows of a stream or an iterable are known in the history: delivered again under the same name
   * they replace what it brought before. Default `rows`. Files are known by their own names.
   */
  readonly source?: string;
  readonly signal?: AbortSignal;
}

/**
 * Hands a delivery on as paths. A stream or an iterable becomes a file of its own for as long, never wholly in memory.
 * @throws DeliveryError naming the row and the column; whatever the stream throws.
 */
export async function withFiles<T>(
  delivery: Delivery,
  { source = "rows", signal }: DeliveryOptions,
  use: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  refuseAborted(signal);
  if (typeof delivery === "string") return use([delivery]);
  if (isPaths(delivery)) return use(delivery);
  if (!/^[^\\/]{1,200}$/.test(source) || /^\.{1,2}$/.test(source))
    throw new DeliveryError(`"${source}" cannot name rows: it must be a file's name, without a folder.`, { source });
  const scratch = await mkdtemp(join(tmpdir(), "rfm-delivery-"));
  try {
    const path = join(scratch, source);
    const content = pipeline(
      Readable.from(textOf(delivery)),
      createWriteStream(path),
      ...(signal === undefined ? [] : [{ signal }]),
    );
    await content.catch((error: unknown) => {
      refuseAborted(signal);
      throw error;
    });
    return await use([path]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

const isPaths = (delivery: Delivery): delivery is readonly string[] =>
  Array.isArray(delivery) && delivery.every((item) => typeof item === "string");

/** The file's content, piece by piece: bytes and text as they come, rows as JSON lines. */
async function* textOf(delivery: Exclude<Delivery, string>): AsyncGenerator<Uint8Array | string> {
  if (delivery instanceof Uint8Array) {
    yield delivery;
    return;
  }
  const isIterable =
    typeof delivery === "object" &&
    delivery !== null &&
    (Symbol.iterator in delivery || Symbol.asyncIterator in delivery);
  if (!isIterable)
    throw new DeliveryError("A delivery is a path, bytes, or an iterable or stream of rows; this is none of them.");
  let row = 0;
  for await (const item of delivery as AsyncIterable<unknown>) {
    const isContent = typeof item === "string" || item instanceof Uint8Array;
    if (isContent && row > 0)
      throw new DeliveryError(`After ${row} rows comes text: a delivery is the one or the other.`);
    if (isContent) yield item;
    else yield `${rowText(item, ++row)}\n`;
  }
}
