import { z } from "zod";
import { COLUMN_KINDS } from "../roles.ts";

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

/** How a column is called in the settings and in keys of features. */
const NAME = /^[a-z][a-z0-9_]{0,39}$/;
/** They stand in one cell of each line. */
const MAX_COLUMNS = 20;

const fileColumn = z
  .strictObject({
    from: z
      .union([z.string().min(1).max(200), z.int().min(1)])
      .describe("The column of the files, by its name or by its position counted from 1."),
    holds: z
      .enum(COLUMN_KINDS)
      .describe(
        "number: such as an age. money: a number in the currency of the line, converted as its price is. category: a word.",
      ),
    blank: z
      .number()
      .min(-1e11)
      .max(1e11)
      .optional()
      .describe("What a blank cell stands for; where it is left out, such a line has no value."),
  })
  .refine(({ holds, blank }) => holds !== "category" || blank === undefined, {
    path: ["blank"],
    message: "is a number; a blank cell of a category is none of its words",
  });

/** Columns of the files that are read beside those with a role. */
export const fileColumnSettings = z
  .record(z.string(), fileColumn)
  .superRefine((columns, context) => {
    for (const name of Object.keys(columns).filter((one) => !NAME.test(one)))
      context.addIssue({
        code: "custom",
        path: [name],
        message: "must be named by up to 40 of a-z, 0-9 and _, a letter first",
      });
  })
  .refine((columns) => Object.keys(columns).length <= MAX_COLUMNS, `names more than ${MAX_COLUMNS} columns`)
  .default({})
  .describe(
    'Columns of the files that are read beside those with a role, by names of your own: { "cost": { "from": "Unit Cost", "holds": "money" } }. The features attribute, attribute_is, column_sum and margin are made from them. Files that are read while they are set must have them; lines that were read before have no values.',
  );

export type FileColumns = z.infer<typeof fileColumnSettings>;
