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
