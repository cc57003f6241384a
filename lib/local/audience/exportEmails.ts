import { AUDIENCE_COLUMNS, type AudienceRow, audienceCsvLine } from "../../domain/audience/audience.ts";
import { type AdPlatform, EMAIL_HEADER, hashEmail, normaliseEmail } from "../../domain/audience/hashedEmail.ts";
import { writeText } from "./atomicFile.ts";
import { type AudienceRequest, audienceRows } from "./exportAudience.ts";

export interface EmailRequest extends Pick<AudienceRequest, "source" | "filter" | "holdout" | "out"> {
  readonly platform: AdPlatform;
  /** Addresses by customer id; a customer who is not in it counts by an id that is an address itself. */
  readonly emails?: ReadonlyMap<string, readonly string[]>;
  /** CSV file for the customers held out, as segmented. */
  readonly holdoutOut?: string;
}

export interface EmailCounts {
  customers: number;
  heldOut: number;
  /** Customers without an address that is one; they are in neither file. */
  withoutAddress: number;
  /** Of those with one, customers held out: they are in the hold-out file. */
  heldOutWithAddress: number;
  /** Addresses left out because somebody held out has the same one. */
  sharedWithHoldout: number;
  /** Hashes written. */
  addresses: number;
}

/**
 * Writes the SHA-256 of the e-mail addresses of an audience, without the customers held out, one column, each hash once and in the
 * order of the hashes: nothing but membership can be read from the file.
 * @throws HoldoutError, OutputError
 */
export async function exportEmails(request: EmailRequest): Promise<EmailCounts> {
  const counts: EmailCounts = {
    customers: 0,
    heldOut: 0,
    withoutAddress: 0,
    heldOutWithAddress: 0,
    sharedWithHoldout: 0,
    addresses: 0,
  };
  const treated = new Set<string>();
  const heldOut = new Set<string>();
  const heldOutLines: string[] = [`${AUDIENCE_COLUMNS.join(",")}\n`];
  for await (const rows of audienceRows(request, counts)) {
    for (const row of rows) {
      const hashes = hashesOf(row, request);
      if (hashes.length === 0) counts.withoutAddress++;
      else if (row.is_holdout) heldOutLines.push(audienceCsvLine(row, AUDIENCE_COLUMNS, true));
      for (const hash of hashes) (row.is_holdout ? heldOut : treated).add(hash);
    }
  }
  counts.heldOutWithAddress = heldOutLines.length - 1;
  const written = [...treated].filter((hash) => !heldOut.has(hash)).sort();
  counts.sharedWithHoldout = treated.size - written.length;
  counts.addresses = written.length;
  if (request.holdoutOut !== undefined) await writeText(request.holdoutOut, chunksOf(heldOutLines));
  const lines = written.map((hash) => `${hash}\n`);
  await writeText(request.out, chunksOf([`${EMAIL_HEADER[request.platform]}\n`, ...lines]));
  return counts;
}

function hashesOf(row: AudienceRow, { emails, platform }: Pick<EmailRequest, "emails" | "platform">): string[] {
  const id = String(row.customer_id);
  return (emails?.get(id) ?? [id]).flatMap((text) => {
    const address = normaliseEmail(text, platform);
    return address === undefined ? [] : [hashEmail(address)];
  });
}

async function* chunksOf(lines: readonly string[]): AsyncGenerator<string> {
  const linesPerChunk = 1_000;
  for (let start = 0; start < lines.length; start += linesPerChunk)
    yield lines.slice(start, start + linesPerChunk).join("");
}
