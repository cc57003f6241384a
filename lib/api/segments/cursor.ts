import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { z } from "@hono/zod-openapi";
import type { ObjectStore } from "../../ports.ts";
import { writeOnce } from "../../workflow/lake/json.ts";
import { ProblemError } from "../problems.ts";

/** Where a listing goes on: in the run that it began with, whatever was published meanwhile. */
const cursorSchema = z.strictObject({ run: z.string(), segment: z.string(), after: z.string() });
export type Cursor = z.infer<typeof cursorSchema>;

const KEY_OBJECT = "api/cursor-key";
const KEY_BYTES = 32;

/** The key that signs cursors, made once per lake: every instance of the service reads the same. */
export function openCursorKey(store: ObjectStore): () => Promise<Uint8Array> {
  let key: Promise<Uint8Array> | undefined;
  return () => {
    key ??= readOrMake(store).catch((error) => {
      key = undefined;
      throw error;
    });
    return key;
  };
}

async function readOrMake(store: ObjectStore): Promise<Uint8Array> {
  // Where another instance was quicker, its key holds.
  if ((await store.head(KEY_OBJECT)) === undefined)
    await writeOnce(store, KEY_OBJECT, new Uint8Array(randomBytes(KEY_BYTES)));
  return store.read(KEY_OBJECT);
}

/** Text of a cursor: payload and HMAC-SHA256, in base64url. */
export function writeCursor(key: Uint8Array, cursor: Cursor): string {
  const payload = Buffer.from(JSON.stringify(cursor)).toString("base64url");
  return `${payload}.${signatureOf(key, payload).toString("base64url")}`;
}

/** @throws ProblemError 400 for a cursor that was not given out for this segment by this lake. */
export function readCursor(key: Uint8Array, text: string, segment: string): Cursor {
  const [payload = "", signature = ""] = text.split(".");
  const given = Buffer.from(signature, "base64url");
  const expected = signatureOf(key, payload);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) throw invalidCursor();
  const cursor = cursorSchema.parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
  if (cursor.segment !== segment) throw invalidCursor();
  return cursor;
}

function signatureOf(key: Uint8Array, payload: string): Buffer {
  return createHmac("sha256", key).update(payload).digest();
}

function invalidCursor(): ProblemError {
  return new ProblemError(
    400,
    "INVALID_CURSOR",
    "The cursor is not one that this listing gave out; begin without one.",
    {
      faults: [{ field: "cursor", message: "was not given out by this listing" }],
    },
  );
}
