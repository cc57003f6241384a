import { csvField } from "../text/csv.ts";
import { google, meta } from "./adPlatforms.ts";
import type { Destination } from "./destination.ts";
import { klaviyo, mailchimp } from "./senders.ts";

/** Tools that do the sending, by the name that people give. */
export const DESTINATIONS = ["klaviyo", "mailchimp", "meta", "google"] as const;
export type DestinationName = (typeof DESTINATIONS)[number];

const BY_NAME: Readonly<Record<DestinationName, Destination>> = { klaviyo, mailchimp, meta, google };

/** The file of a tool. */
export const destinationOf = (name: DestinationName): Destination => BY_NAME[name];

/** One line of CSV. */
export const destinationLine = (cells: readonly string[]): string => `${cells.map(csvField).join(",")}\n`;
