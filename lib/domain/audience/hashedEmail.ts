import { createHash } from "node:crypto";

/**
 * Whose rules an address is brought into form by before it is hashed. All want white space around it cut off and lower case, then
 * SHA-256 in lower-case hexadecimal; Google also wants the dots taken out of the name part at gmail.com and googlemail.com.
 * (Google Ads API "Customer Match: prepare and hash"; Meta Marketing API "Hashing and normalizing data".)
 */
export const AD_PLATFORMS = ["meta", "google"] as const;
export type AdPlatform = (typeof AD_PLATFORMS)[number];

/** The header of the one column that each platform's upload asks for. */
export const EMAIL_HEADER: Readonly<Record<AdPlatform, string>> = { meta: "email", google: "Email" };

/** One @, something before it, and a domain with a dot behind it: what is certainly no address would only lower the match rate. */
const ADDRESS = /^[^\s@,;<>"]+@[^\s@,;<>"]+\.[^\s@.,;<>"]+$/u;
const GMAIL = /^(.+)@(gmail\.com|googlemail\.com)$/;

/** An e-mail address in a platform's form; undefined for text that is none. */
export function normaliseEmail(text: string, platform: AdPlatform): string | undefined {
  const address = text.trim().toLowerCase();
  if (!ADDRESS.test(address)) return undefined;
  const [, name, domain] = (platform === "google" ? GMAIL.exec(address) : null) ?? [];
  return name === undefined ? address : `${name.replaceAll(".", "")}@${domain}`;
}

/** SHA-256 of a normalised address, 64 hexadecimal digits in lower case. */
export function hashEmail(normalised: string): string {
  return createHash("sha256").update(normalised, "utf8").digest("hex");
}
