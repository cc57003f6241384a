import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { DestinationName } from "../../../lib/domain/audience/destinations.ts";
import type { AdPlatform } from "../../../lib/domain/audience/identifiers.ts";
import type { AudienceFormat, exportAudience } from "../../../lib/local/audience/exportAudience.ts";
import type { ContactCounts } from "../../../lib/local/audience/exportContacts.ts";
import type { LeftOut, recordExport } from "../../../lib/local/audience/members.ts";
import type { AudienceSource } from "../../../lib/local/audience/source.ts";
import { NoLakeError } from "../../../lib/local/lake/lakeQueries.ts";
import type { ObjectStore } from "../../../lib/ports.ts";
import { style as pc } from "../../terminal.ts";
import type { PolicyFlags } from "../options.ts";

import { systemRefusal } from "../systemErrors.ts";
import { contactReport } from "./exportReport.ts";

export interface ExportFlags extends Pick<PolicyFlags, "config"> {
  readonly lake: string;
  readonly databaseUrl?: string;
  readonly segment?: string[];
  readonly cluster?: string[];
  readonly minExpectedValue?: number;
  readonly pAliveBelow?: number;
  readonly sort?: string;
  readonly top?: number;
  readonly run?: string;
  readonly to?: AudienceFormat | DestinationName;
  readonly format: AudienceFormat | "hashed-emails";
  readonly out?: string;
  readonly columns?: string[];
  readonly campaign?: string;
  readonly holdoutShare?: number;
  readonly holdoutOut?: string;
  readonly contacts?: string;
  readonly emails?: string;
  readonly phoneCountry?: string;
  readonly platform: AdPlatform;
  readonly onlyChanged?: boolean;
  readonly raw?: boolean;
  readonly athenaSql?: boolean;
  readonly list?: boolean;
}

export type Target = AudienceFormat | DestinationName | "hashed-emails";
export type Request = Pick<Parameters<typeof exportAudience>[0], "source" | "filter" | "holdout" | "out">;

/** Writes the file of a tool. @returns what was done, for the person at the terminal */
export async function writeContacts(
  flags: ExportFlags,
  to: Exclude<Target, AudienceFormat>,
  request: Request,
): Promise<string> {
  const [{ exportContacts }, { readContacts }, { destinationOf }, { hashedEmails }, { readMembers }] =
    await Promise.all([
      import("../../../lib/local/audience/exportContacts.ts"),
      import("../../../lib/local/audience/contacts.ts"),
      import("../../../lib/domain/audience/destinations.ts"),
      import("../../../lib/domain/audience/adPlatforms.ts"),
      import("../../../lib/local/audience/members.ts"),
    ]);
  const { holdoutOut, contacts: file = flags.emails, phoneCountry } = flags;
  const contacts = file === undefined ? undefined : await readContacts(file, phoneCountry);
  const store = await storeOf(flags);
  const memory = store === undefined ? undefined : await readMembers(store, audienceOf(flags, to, request));
  const { counts, members } = await exportContacts({
    ...request,
    destination: to === "hashed-emails" ? hashedEmails(flags.platform) : destinationOf(to),
    ...(contacts === undefined ? {} : { contacts }),
    ...(holdoutOut === undefined ? {} : { holdoutOut: resolve(holdoutOut) }),
    ...(flags.onlyChanged === true && memory !== undefined ? { before: memory } : {}),
  });
  const remembered = memory === undefined ? {} : { members: { memory, lines: members } };
  await record(flags, to, request, { lines: counts.written, leftOut: leftOutOf(counts), ...remembered });
  return contactReport(counts, request.source, request.holdout, { ...flags, ...(contacts ?? {}) });
}

/** Who and what of an audience is not in its file. */
const leftOutOf = ({ heldOutReachable, notAllowed, withoutContact, ...counts }: ContactCounts): LeftOut => ({
  customers: { heldOut: heldOutReachable, notAllowed, withoutContact },
  lines: { sharedWithHoldout: counts.sharedWithHoldout, sharedWithOther: counts.sharedWithOther },
  values: counts.losses,
});

/** Hashes by other rules are another audience. */
const audienceOf = ({ platform }: ExportFlags, to: Target, { filter, holdout }: Request) => ({
  to: to === "hashed-emails" ? `${to} (${platform})` : to,
  ...{ filter, campaign: holdout.campaign },
});

/**
 * Notes an export in the lake that it comes from; a database keeps none. The file is there already: a lake that cannot
 * be written to is a warning.
 */
export async function record(
  flags: ExportFlags,
  to: Target,
  request: Request,
  done: Pick<Parameters<typeof recordExport>[2], "lines" | "leftOut" | "members">,
): Promise<void> {
  const store = await storeOf(flags);
  if (store === undefined) return;
  const { recordExport } = await import("../../../lib/local/audience/members.ts");
  try {
    await recordExport(store, audienceOf(flags, to, request), {
      ...done,
      ...{ runId: request.source.runId, holdout: request.holdout },
      ...{ isOnlyChanges: flags.onlyChanged === true, now: new Date() },
    });
  } catch (error) {
    const refusal = systemRefusal(error);
    if (refusal === undefined) throw error;
    const missed = "The lake has no note of this export: the next --only-changed begins at the one before.";
    process.stderr.write(`${pc.yellow("warning")} ${missed} ${refusal}\n`);
  }
}

/** The lake that is exported from; none of a database. @throws NoLakeError */
export async function storeOf({ lake, databaseUrl }: ExportFlags): Promise<ObjectStore | undefined> {
  if (databaseUrl !== undefined) return undefined;
  const { openFolderStore } = await import("../../../lib/local/lake/folderStore.ts");
  if (!existsSync(lake)) throw new NoLakeError(lake);
  return openFolderStore(resolve(lake));
}

/** Where the customers come from: a database, or the lake. */
export async function openSource(
  { lake, databaseUrl, run: runId }: ExportFlags,
  tableSegments: readonly string[],
): Promise<AudienceSource> {
  // Each engine is loaded only where it is asked.
  if (databaseUrl !== undefined) {
    const { openPgDatabase } = await import("../../../lib/local/postgres/pgDatabase.ts");
    const { openDatabaseAudience } = await import("../../../lib/local/audience/databaseSource.ts");
    return openDatabaseAudience(await openPgDatabase(databaseUrl), runId, tableSegments);
  }
  const { openFolderStore } = await import("../../../lib/local/lake/folderStore.ts");
  const { openLakeAudience } = await import("../../../lib/local/audience/lakeSource.ts");
  const directory = resolve(lake);
  return openLakeAudience(openFolderStore(directory), directory, runId);
}
