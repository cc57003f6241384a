import type { Role } from "../../domain/roles.ts";
import { compactName } from "./recogniseColumns.ts";

/** A published layout in which a column's name alone says the wrong thing, or that lacks what segments need. */
export interface KnownLayout {
  readonly name: string;
  /** Names that are all there. */
  readonly columns: readonly string[];
  /** Names of which one at least is there too. */
  readonly oneOf?: readonly string[];
  /** Names that are not there: with one of them it is another file. */
  readonly noneOf?: readonly string[];
  /** What columns mean in it. */
  readonly roles: Readonly<Partial<Record<Role, string>>>;
  /** What a line is worth in it, as a formula of its columns. */
  readonly amount?: string;
  /** Why, after "NAME: ". */
  readonly reason: string;
  /** What it lacks and what can be done; said where something that is needed is missing. */
  readonly lacks?: string;
}

const JOIN_OLIST = `copy (select o.order_id, c.customer_unique_id, o.order_status, o.order_purchase_timestamp, i.product_id, i.price from 'olist_orders_dataset.csv' o join 'olist_customers_dataset.csv' c using (customer_id) join 'olist_order_items_dataset.csv' i using (order_id)) to 'olist.csv'`;
const OLIST_TABLE = `is one table of several. Join orders, customers and order items to one file, as with DuckDB: ${JOIN_OLIST}`;

/**
 * Sources: Stripe: docs.stripe.com/api/charges/object ("a positive integer in the smallest currency unit"). Amazon:
 * sellercentral-europe.amazon.com help 201648780 and 200453120 ("aggregates of the quantity, not unit prices"). Etsy:
 * Open API v3, ShopReceiptTransaction (one transaction per listing on a receipt). Olist, Instacart, dunnhumby: the data
 * sets' own descriptions (kaggle.com/olistbr/brazilian-ecommerce; The Instacart Online Grocery Shopping Dataset 2017;
 * The Complete Journey).
 */
const KNOWN_LAYOUTS: readonly KnownLayout[] = [
  {
    name: "Stripe's charges, as its API gives them",
    columns: ["amount", "amount_refunded", "currency", "created", "refunded", "status"],
    oneOf: ["balance_transaction", "payment_method_details", "captured", "paid"],
    roles: { date: "created", customer: "customer" },
    amount: "(amount - amount_refunded) / 100",
    reason: "amounts are in hundredths of the currency, and amount_refunded went back",
  },
  {
    name: "Shopify's export of orders",
    columns: ["Name", "Financial Status", "Lineitem quantity", "Lineitem name", "Lineitem price"],
    roles: { order: "Name" },
    reason: "an order is known by its name, with or without a #",
  },
  {
    name: "Amazon's report of all orders",
    columns: ["item-price", "quantity", "amazon-order-id"],
    roles: { amount: "item-price", quantity: "quantity", order: "amazon-order-id" },
    reason: "item-price is what was paid for all pieces of the line",
    lacks:
      "names no buyers, so there is no customer. Amazon's reports of new orders and of fulfilled shipments have buyer-email",
  },
  {
    name: "Amazon's reports of shipments",
    columns: ["item-price", "amazon-order-id"],
    roles: { amount: "item-price", order: "amazon-order-id" },
    reason: "item-price is what was paid for all pieces of the line",
  },
  {
    name: "Amazon's report of orders",
    columns: ["item-price", "quantity-purchased", "order-id", "order-item-id"],
    oneOf: ["item-tax", "shipping-price", "ship-service-level", "payments-date"],
    roles: { amount: "item-price", quantity: "quantity-purchased", order: "order-id" },
    reason: "item-price is what was paid for all pieces of the line",
  },
  {
    name: "Etsy's sold order items",
    columns: ["Item Total", "Transaction ID", "Listing ID", "Order ID"],
    roles: { order: "Order ID" },
    reason: "an order has a transaction for each of its listings",
  },
  {
    name: "eBay's orders report",
    columns: ["Sales Record Number", "Order Number", "Buyer Username", "Sold For"],
    roles: { customer: "Buyer Username", order: "Order Number" },
    reason: "buyers are known by their user name, and an order has a transaction for each of its items",
  },
  {
    name: "the Advanced Order Export of WooCommerce",
    columns: ["Order Number", "Order Line Total", "Order Total Amount"],
    roles: { amount: "Order Line Total", product: "SKU" },
    reason: "Order Total Amount is of the whole order and stands on each of its lines",
  },
  {
    name: "TikTok Shop's orders",
    columns: ["Order ID", "Order Amount", "SKU Subtotal After Discount", "Created Time"],
    roles: { customer: "Buyer Username", amount: "SKU Subtotal After Discount", date: "Created Time" },
    reason: "each line is a SKU of the order, and Order Amount is of the whole order",
  },
  {
    name: "Magento's grid of orders",
    columns: ["ID", "Purchase Point", "Purchase Date"],
    roles: { order: "ID" },
    reason: "each order has an ID of its own",
  },
  {
    name: "Toast's item selections",
    columns: ["Order Id", "Check Id", "Item Selection Id"],
    roles: { order: "Order Id" },
    reason: "an order has one check or several",
    lacks: "names no guests, so there is no customer. Add a column with the guest of each check",
  },
  {
    name: "Olist's data set",
    columns: ["customer_unique_id", "customer_id", "order_id"],
    roles: { customer: "customer_unique_id", order: "order_id" },
    reason: "customer_id is another one with every order",
  },
  {
    name: "Olist's orders",
    columns: ["order_id", "customer_id", "order_purchase_timestamp"],
    noneOf: ["customer_unique_id", "price", "payment_value"],
    roles: {},
    reason: "",
    lacks: OLIST_TABLE,
  },
  {
    name: "Olist's order items",
    columns: ["order_id", "order_item_id", "seller_id", "shipping_limit_date"],
    noneOf: ["customer_id", "customer_unique_id"],
    roles: {},
    reason: "",
    lacks: OLIST_TABLE,
  },
  {
    name: "Olist's payments",
    columns: ["order_id", "payment_sequential", "payment_value"],
    noneOf: ["customer_id", "customer_unique_id"],
    roles: {},
    reason: "",
    lacks: OLIST_TABLE,
  },
  {
    name: "Olist's customers",
    columns: ["customer_id", "customer_unique_id", "customer_zip_code_prefix"],
    noneOf: ["order_id"],
    roles: {},
    reason: "",
    lacks: OLIST_TABLE,
  },
  {
    name: "Instacart's orders",
    columns: ["order_id", "user_id", "order_dow", "days_since_prior_order"],
    roles: { customer: "user_id", order: "order_id" },
    reason: "order_number counts the orders of one user",
    lacks: "has neither dates nor money, so there is nothing to segment by recency and monetary value",
  },
  {
    name: "dunnhumby's transactions",
    columns: ["household_key", "BASKET_ID", "DAY", "SALES_VALUE"],
    roles: { customer: "household_key", order: "BASKET_ID", amount: "SALES_VALUE" },
    reason: "SALES_VALUE is what was paid for all pieces of the line",
    lacks:
      "counts days from the start of the study instead of giving dates. Add a column with a date, such as 2020-01-01 plus DAY: recency is the same whatever the first day is",
  },
];

/** The published layout that a header is of; undefined where it is of none. */
export function knownLayoutOf(header: readonly string[]): KnownLayout | undefined {
  const names = new Set(header.map(compactName));
  const has = (name: string): boolean => names.has(compactName(name));
  return KNOWN_LAYOUTS.find(
    ({ columns, oneOf, noneOf }) => columns.every(has) && (oneOf?.some(has) ?? true) && !(noneOf?.some(has) ?? false),
  );
}

/** Index of the column of that name, by the names alone; undefined where there are none or several. */
export function columnNamed(header: readonly string[], name: string): number | undefined {
  const found = header.flatMap((other, index) => (compactName(other) === compactName(name) ? [index] : []));
  return found.length === 1 ? found[0] : undefined;
}
