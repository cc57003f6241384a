import { z } from "zod";

/** How the page looks. */
export const displaySettings = z
  .strictObject({
    currency: z
      .union([z.literal("auto"), z.string().regex(/^[A-Z]{3}$/, "must be a code like GBP")])
      .default("auto")
      .describe("ISO 4217 code for amounts; auto: the currency of the files where they name a single one, else none."),
    locale: z
      .string()
      .refine(isLocale, "is not a language tag like en-GB")
      .default("en-US")
      .describe(
        "Whose digits, marks and signs numbers and dates have, as a BCP 47 tag. The words are English in every locale.",
      ),
    shopName: z.string().max(80).default("").describe("Whose dashboard it is: on the page and its pictures."),
    customerIds: z
      .boolean()
      .default(true)
      .describe(
        "false: no report names a single customer: neither dashboard nor summary.json, the database's runs or the terminal.",
      ),
    segments: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(60),
          colour: z
            .string()
            .regex(/^#[0-9a-f]{6}$/i, "must be a colour like #08519c")
            .optional(),
          who: z.string().min(1).max(300).optional().describe("Who they are."),
          action: z.string().min(1).max(500).optional().describe("What to do."),
        }),
      )
      .max(100)
      .default([])
      .describe(
        "Segments in the order in which the page shows them, with colour and advice of your own; others follow.",
      ),
  })
  .prefault({})
  .describe("The dashboard. Decides nothing about the segments.");

function isLocale(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    // A RangeError says no more than that the tag is none.
    return false;
  }
}
