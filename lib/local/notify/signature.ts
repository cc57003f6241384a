import { createHmac } from "node:crypto";

export interface SignedMessage {
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * Headers of a message by the specification Standard Webhooks, whose libraries check them.
 * @param secret `whsec_` with a key in base64, or any text; null leaves the message unsigned.
 */
export function webhookHeaders({ id, timestamp, body }: SignedMessage, secret: string | null): Record<string, string> {
  const headers = { "webhook-id": id, "webhook-timestamp": String(timestamp) };
  if (secret === null) return headers;
  const key = secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret);
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { ...headers, "webhook-signature": `v1,${signature}` };
}
