/** What a file of contacts may say of a customer that a tool's file may take. */
export const CONTACT_FIELDS = ["email", "phone", "firstName", "lastName", "country", "postcode"] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];

/** Why a value of the file of contacts is not in the tool's file, with what is said of it. */
export const LOSS_REASONS = {
  unreadable: {
    email: "no address with one @ and a domain",
    phone: "it gives no E.164 number; --phone-country says whose numbers without a country are",
    firstName: "nothing is left in the tool's form",
    lastName: "nothing is left in the tool's form",
    country: "neither an ISO 3166 code nor a country's name",
    postcode: "nothing is left in the tool's form",
  },
  further: "another of the same customer stands there, and the tool takes no more",
  notTaken: "the tool does not take it",
  noColumn: "the tool's file has no column for it",
  incomplete: "the tool takes first name, last name, country and postcode together only",
  shortened: "longer than the tool takes, so its beginning was written",
} as const;
export type LossReason = keyof typeof LOSS_REASONS;

/** Values of one kind that are not, or not whole, in a file. */
export interface Loss {
  readonly field: ContactField;
  readonly reason: LossReason;
  readonly values: number;
}

/** One loss, none where nothing is lost. */
export const lossOf = (field: ContactField, reason: LossReason, values: number): Loss[] =>
  values === 0 ? [] : [{ field, reason, values }];

/** Losses of many customers, those of one kind added up, in the order of fields and reasons. */
export function sumOfLosses(all: Iterable<readonly Loss[]>): Loss[] {
  const sums = new Map<string, number>();
  for (const losses of all)
    for (const { field, reason, values } of losses)
      sums.set(`${field} ${reason}`, (sums.get(`${field} ${reason}`) ?? 0) + values);
  return CONTACT_FIELDS.flatMap((field) =>
    (Object.keys(LOSS_REASONS) as LossReason[]).flatMap((reason) =>
      lossOf(field, reason, sums.get(`${field} ${reason}`) ?? 0),
    ),
  );
}
