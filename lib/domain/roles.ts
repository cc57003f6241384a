/** What a column of transactions can mean, in the order in which people are asked about them. */
export const ROLES = [
  "customer",
  "order",
  "date",
  "product",
  "description",
  "quantity",
  "price",
  "amount",
  "country",
  "currency",
  "status",
  "category",
  "payment",
] as const;

export type Role = (typeof ROLES)[number];

/** The canonical column of the raw rows that holds a role's values. */
export const CANONICAL_COLUMN: Readonly<Record<Role, string>> = {
  customer: "customer_id",
  order: "order_id",
  date: "order_date",
  product: "product_id",
  description: "description",
  quantity: "quantity",
  price: "unit_price",
  amount: "amount",
  country: "country",
  currency: "currency",
  status: "order_status",
  category: "category",
  payment: "payment_method",
};

/** Roles that change who is counted, when or how much: two equally good columns are a question, never a guess. */
export const DECISIVE_ROLES: readonly Role[] = [
  "customer",
  "order",
  "date",
  "quantity",
  "price",
  "amount",
  "currency",
  "status",
];

/** What the cells of a column hold that is read beside those with a role. */
export const COLUMN_KINDS = ["number", "money", "category"] as const;
export type ColumnKind = (typeof COLUMN_KINDS)[number];

/** A column of the files that the settings name, as they name it. */
export interface FileColumn {
  /** A header name, or a 1-based position. */
  readonly from: string | number;
  readonly holds: ColumnKind;
  /** What a blank cell stands for; undefined where it has no value. */
  readonly blank?: number | undefined;
}
