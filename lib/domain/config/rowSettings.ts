import { z } from "zod";

const words = z.strictObject({
  column: z
    .union([z.string().min(1), z.int().min(1)])
    .describe("By name or by position counted from 1; file stands for the name of the file itself."),
  words: z
    .array(z.string().max(200))
    .min(1)
    .max(200)
    .describe('Compared without case; "" is a blank cell. Names of files may hold *.'),
});

/** What a person has decided of the rows and the money of files; what is left out is detected in the data, or asked.
 * None has a default, so that files which need none of them keep the run ids that they had. */
export const rowSettings = {
  rows: words
    .optional()
    .describe("The rows that are purchases, by the words of a column; all others but returnRows are left out."),
  returnRows: words
    .optional()
    .describe("The rows that are returns, by the words of a column or the name of their file."),
  amount: z
    .string()
    .min(1)
    .max(400)
    .optional()
    .describe(
      'What a line is worth, computed from columns: "Quantity * [Unit Price] * (1 - Discount)". A name with blanks or signs stands in brackets, a position too: [3]. A blank cell counts as 0, "10%" as 0.1.',
    ),
  amountPer: z
    .enum(["line", "order"])
    .optional()
    .describe(
      "order: the amount is the total of the order, on each of its lines, and counts once. line: it is the line's.",
    ),
  fillDown: z
    .union([
      z.literal("none"),
      z
        .array(z.union([z.string().min(1), z.int().min(1)]))
        .min(1)
        .max(100),
    ])
    .optional()
    .describe(
      "Columns whose value stands once for several rows, which take it from above; the outer ones first. none: each row stands for itself.",
    ),
  versions: z
    .union([z.string().min(1), z.int().min(1)])
    .optional()
    .describe(
      "The column whose time or number tells the states of a row apart, of which the last counts; none: each row counts.",
    ),
  orderNumbers: z
    .enum(["lasting", "daily"])
    .optional()
    .describe("daily: order numbers start anew each day, so the same number on another day is another order."),
};

export const rowSettingsSchema = z.strictObject(rowSettings);
export type RowSettings = z.infer<typeof rowSettingsSchema>;
export type RowWords = z.infer<typeof words>;
