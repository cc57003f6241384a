import type { Role } from "../../domain/roles.ts";
import type { ColumnProfile } from "./columnContent.ts";

/** Whether a column's values can play a role: 1 they look like it, 0 nothing speaks against it, -1 they cannot. */
export interface Fit {
  readonly verdict: 1 | 0 | -1;
  /** In words, after "its values ". */
  readonly reason: string;
}

const NOTHING: Fit = { verdict: 0, reason: "" };
const fits = (reason: string): Fit => ({ verdict: 1, reason });
const fails = (reason: string): Fit => ({ verdict: -1, reason });

/** So few values say little about repetition. */
const ENOUGH_ROWS = 50;

function fitId({ share, distinct, filled }: ColumnProfile): Fit {
  if (share.email >= 0.9) return fits("are e-mail addresses");
  if (share.date >= 0.9) return fails("are dates");
  if (share.fraction >= 0.5) return fails("are numbers with a fraction");
  if (share.percent >= 0.5) return fails("are percentages");
  if (filled >= ENOUGH_ROWS && distinct === 1) return fails("are the same in every row");
  return NOTHING;
}

function fitCustomer(profile: ColumnProfile): Fit {
  return profile.share.hashNumber >= 0.9 ? fails("are numbered like orders (#1001)") : fitId(profile);
}

function fitNumber({ share }: ColumnProfile): Fit {
  if (share.date >= 0.9) return fails("are dates");
  return share.number >= 0.5 ? fits("are numbers") : fails("are not numbers");
}

function fitQuantity(profile: ColumnProfile): Fit {
  return profile.share.measured >= 0.5 ? fits("are numbers with units") : fitNumber(profile);
}

function fitStatus({ share, distinct, filled }: ColumnProfile): Fit {
  if (share.date >= 0.9) return fails("are dates");
  if (filled >= ENOUGH_ROWS && distinct > 0.5 * filled) return fails("hardly repeat");
  return share.status >= 0.5 ? fits("are words for the state of an order") : NOTHING;
}

function fitCountry({ share }: ColumnProfile): Fit {
  if (share.date >= 0.9) return fails("are dates");
  if (share.number >= 0.9) return fails("are numbers");
  return share.country >= 0.5 ? fits("are countries") : NOTHING;
}

function fitText({ share }: ColumnProfile): Fit {
  return share.date >= 0.9 ? fails("are dates") : NOTHING;
}

const FIT_OF_ROLE: Readonly<Record<Role, (profile: ColumnProfile) => Fit>> = {
  customer: fitCustomer,
  order: fitId,
  date: ({ share }) => (share.date + share.possibleDate >= 0.5 ? fits("are dates") : fails("are not dates")),
  product: fitText,
  description: fitText,
  quantity: fitQuantity,
  price: fitNumber,
  amount: fitNumber,
  country: fitCountry,
  currency: ({ share }) => (share.currency >= 0.5 ? fits("are currencies") : fails("are not currencies")),
  status: fitStatus,
  category: fitText,
  payment: ({ share }) => (share.fraction >= 0.5 ? fails("are amounts") : NOTHING),
};

/** Judges whether sampled values can play a role. Without any sampled row nothing is said. */
export function fitRole(role: Role, profile: ColumnProfile | undefined): Fit {
  if (profile === undefined || profile.rows === 0) return NOTHING;
  if (profile.filled === 0) return fails("are all blank");
  return FIT_OF_ROLE[role](profile);
}
