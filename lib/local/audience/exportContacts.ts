import { AUDIENCE_COLUMNS, type AudienceRow, audienceCsvLine } from "../../domain/audience/audience.ts";
import { type Contact, contactOf } from "../../domain/audience/contact.ts";
import type { Destination, DestinationLine } from "../../domain/audience/destination.ts";
import { destinationLine } from "../../domain/audience/destinations.ts";
import { emailOf } from "../../domain/audience/identifiers.ts";
import { type Loss, sumOfLosses } from "../../domain/audience/losses.ts";
import { writeText } from "./atomicFile.ts";
import type { Contacts } from "./contacts.ts";
import { type AudienceRequest, audienceRows } from "./exportAudience.ts";
import { type ChangedMembers, type MemberMemory, removedOut } from "./members.ts";

export interface ContactRequest extends Pick<AudienceRequest, "source" | "filter" | "holdout" | "out"> {
  readonly destination: Destination;
  /** How customers can be reached; a customer who is not in it counts by an id that is an address itself. */
  readonly contacts?: Contacts;
  /** CSV file for the customers held out, as segmented. */
  readonly holdoutOut?: string;
  /**
   * What the audience's last export held: then only what changed since is written, and those who left to a file of
   * their own.
   */
  readonly before?: MemberMemory;
}

export interface ContactCounts {
  customers: number;
  heldOut: number;
  /** Customers without anything that the tool recognises; they are in no file. */
  withoutContact: number;
  /** Customers who may not be written to: no consent, or suppressed. They are in no file. */
  notAllowed: number;
  /** Of those who can be reached, customers held out: they are in the hold-out file. */
  heldOutReachable: number;
  /** Lines left out because somebody held out has the same address or number. */
  sharedWithHoldout: number;
  /** Lines left out because another customer, with more money, has the same first address or number. */
  sharedWithOther: number;
  /** Lines written. */
  written: number;
  /**
   * Values of the contacts that are not, or not whole, in the file: of the audience's lines, and what could not be read
   * of customers who have none for it.
   */
  losses: readonly Loss[];
  /** With `before`: how the audience changed. */
  changed?: ChangedMembers;
}

interface Member extends DestinationLine {
  readonly monetary: number;
  /** The same array in all lines of a customer. */
  readonly losses: readonly Loss[];
}

/** What names a line at the tool: its first address or number. */
const nameOf = ({ identifiers }: DestinationLine): string => identifiers[0] as string;

/**
 * Writes the file that a tool imports, without the customers held out and without those who may not be written to. The
 * same run, contacts and group give the same bytes.
 * @returns what was done, and the lines to remember of the audience by what names them.
 * @throws HoldoutError, OutputError
 */
export async function exportContacts(
  request: ContactRequest,
): Promise<{ counts: ContactCounts; members: ReadonlyMap<string, string> }> {
  const { destination, before, out } = request;
  const { counts, members } = await collect(request);
  const lines = new Map([...members].map(([name, { cells }]) => [name, destinationLine(cells)]));
  counts.written = members.size;
  const header = destinationLine(destination.header);
  if (before === undefined) {
    await writeText(out, chunksOf([header, ...ordered(destination, [...lines.values()])]));
    return { counts, members: lines };
  }
  const changes = before.changes(lines);
  const gone = await removedLines(request, changes.removed);
  counts.changed = { ...changes.counts, unnamed: changes.removed.size - gone.length };
  counts.written = changes.lines.length;
  await writeText(out, chunksOf([header, ...ordered(destination, changes.lines)]));
  await writeText(removedOut(out as string), chunksOf([header, ...ordered(destination, gone)]));
  return { counts, members: lines };
}

const ordered = ({ isHashed }: Destination, lines: readonly string[]): string[] =>
  isHashed ? [...lines].sort() : [...lines];

async function collect(
  request: ContactRequest,
): Promise<{ counts: ContactCounts; members: ReadonlyMap<string, Member> }> {
  const counts: ContactCounts = {
    ...{ customers: 0, heldOut: 0, withoutContact: 0, notAllowed: 0, heldOutReachable: 0 },
    ...{ sharedWithHoldout: 0, sharedWithOther: 0, written: 0, losses: [] },
  };
  const losses = new Set<readonly Loss[]>();
  const treated: Member[] = [];
  const untouched = new Set<string>();
  const heldOutLines: string[] = [`${AUDIENCE_COLUMNS.join(",")}\n`];
  for await (const rows of audienceRows(request, counts)) {
    for (const row of rows) {
      const contact = contactFor(row, request.contacts);
      const { destination } = request;
      const lines = destination.linesOf({ row, contact });
      if (row.is_holdout) for (const line of lines) for (const one of line.identifiers) untouched.add(one);
      if (lines.length === 0) {
        counts.withoutContact++;
        if (contact.isAllowed && row.is_holdout !== true) losses.add(whyNone(contact, destination));
      } else if (!contact.isAllowed) counts.notAllowed++;
      else if (row.is_holdout) heldOutLines.push(audienceCsvLine(row, AUDIENCE_COLUMNS, true));
      else {
        const rest = { monetary: Number(row.monetary), losses: [...contact.losses, ...destination.lossesOf(contact)] };
        treated.push(...lines.map((line) => ({ ...line, ...rest })));
      }
    }
  }
  counts.heldOutReachable = heldOutLines.length - 1;
  if (request.holdoutOut !== undefined) await writeText(request.holdoutOut, chunksOf(heldOutLines));
  const apart = treated.filter(({ identifiers }) => !identifiers.some((one) => untouched.has(one)));
  counts.sharedWithHoldout = treated.length - apart.length;
  const members = onePerAddress(apart);
  counts.sharedWithOther = apart.length - members.size;
  for (const member of members.values()) losses.add(member.losses);
  counts.losses = sumOfLosses(losses);
  return { counts, members };
}

/** What could not be read of a customer, or is not taken, where nothing else is left. */
const whyNone = (contact: Contact, destination: Destination): readonly Loss[] =>
  [...contact.losses, ...destination.lossesOf(contact)].filter(({ reason }) => /^(unreadable|notTaken)$/.test(reason));

/** Of lines that a tool would take for one person, the customer with the most money; keyed by what names the line. */
function onePerAddress(all: readonly Member[]): ReadonlyMap<string, Member> {
  const members = new Map<string, Member>();
  for (const member of all) {
    const name = nameOf(member);
    const known = members.get(name);
    if (known === undefined || member.monetary > known.monetary) members.set(name, member);
  }
  return members;
}

function contactFor(row: AudienceRow, contacts: Contacts | undefined): Contact {
  const id = String(row.customer_id);
  const known = contacts?.byCustomer.get(id);
  // An id that is no address is no loss of one.
  const itself = emailOf(id) === undefined ? {} : { email: id };
  return known ?? contactOf([itself], { needsConsent: contacts?.needsConsent === true });
}

/** A line of each who was in the audience and is in it no more: they can be named while the run still has them. */
async function removedLines(request: ContactRequest, removed: ReadonlySet<string>): Promise<string[]> {
  if (removed.size === 0) return [];
  const lines = new Map<string, string>();
  const everybody = { ...request, filter: { segments: [], clusterIds: [] } };
  for await (const rows of audienceRows(everybody, { customers: 0, heldOut: 0 })) {
    for (const row of rows) {
      const found = request.destination.linesOf({ row, contact: contactFor(row, request.contacts) });
      for (const line of found)
        if (request.before?.isOneOf(removed, nameOf(line)) === true)
          lines.set(nameOf(line), destinationLine(line.cells));
    }
  }
  return [...lines.values()];
}

async function* chunksOf(lines: readonly string[]): AsyncGenerator<string> {
  const linesPerChunk = 1_000;
  for (let start = 0; start < lines.length; start += linesPerChunk)
    yield lines.slice(start, start + linesPerChunk).join("");
}
