import type { Role } from "../../lib/domain/roles.ts";

/** A file as a shop system or a data set publishes it: real column names and forms of values, invented rows. */
export interface Layout {
  readonly name: string;
  /** Where the header was looked up; without it the names are from memory, or invented. */
  readonly seenIn?: string;
  readonly text: string;
  /** Column name by role; what is not named here may or may not be recognised. */
  readonly roles?: Partial<Record<Role, string>>;
  /** Roles that nothing may play. */
  readonly without?: readonly Role[];
  /** Code of the first question and one of its answers. */
  readonly question?: { readonly code: string; readonly flag?: string; readonly says?: string };
}

const rows = (...lines: string[]): string => `${lines.join("\n")}\n`;
/** Lines from a function of their number. */
const many = (count: number, line: (i: number) => string): string[] => Array.from({ length: count }, (_, i) => line(i));
const two = (n: number): string => String(n).padStart(2, "0");

export const LAYOUTS: readonly Layout[] = [
  {
    name: "Shopify orders: what belongs to the order stands on its first line",
    seenIn: "the exports in several public importers, which have more columns of addresses and taxes",
    text: rows(
      "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Country,Shipping Country,Payment Method,Refunded Amount,Vendor,Id,Tags",
      ...many(6, (i) =>
        rows(
          `#10${two(i)},ann${i}@shop.test,${i === 2 ? "refunded" : "paid"},2024-01-0${i + 1} 10:00:00 +0100,fulfilled,2024-01-09,yes,EUR,${30 + i}.00,4.90,0.00,${34 + i}.90,,0.00,Standard,2024-01-0${i + 1} 09:59:00 +0100,2,Mug,${10 + i}.00,,MUG,true,true,fulfilled,Ann,DE,DE,Shop Pay,0.00,Acme,59${i},`,
          `#10${two(i)},ann${i}@shop.test,,,,,,,,,,,,,,2024-01-0${i + 1} 09:59:00 +0100,1,Plate,10.00,,PLATE,true,true,fulfilled,,,,,,Acme,,`,
        ).trimEnd(),
      ),
    ),
    roles: {
      customer: "Email",
      order: "Name",
      date: "Created at",
      quantity: "Lineitem quantity",
      price: "Lineitem price",
      product: "Lineitem sku",
      status: "Financial Status",
      currency: "Currency",
      payment: "Payment Method",
    },
    without: ["amount"],
    question: {
      code: "order_total_differs",
      flag: "--map amount=Total --amount-per order",
      says: "34.90, but its lines add up to 30",
    },
  },
  {
    name: "WooCommerce customer/order export, one row per order",
    text: rows(
      "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),Email (Billing),Country Code (Billing),Payment Method Title,Cart Discount Amount,Order Subtotal Amount,Order Shipping Amount,Order Total Amount,Customer User ID",
      ...many(
        4,
        (i) =>
          `${700 + i},wc-completed,2024-02-0${i + 1} 12:30,,Ann,Lee,ann@x.test,GB,Card,0,${20 + i}.50,4,${24 + i}.50,${31 + (i % 2)}`,
      ),
    ),
    roles: {
      customer: "Customer User ID",
      order: "Order Number",
      date: "Order Date",
      amount: "Order Total Amount",
      status: "Order Status",
    },
  },
  {
    name: "WooCommerce order export, one row per line",
    seenIn: "the header of Advanced Order Export in two public scripts",
    text: rows(
      '"Order Number","Order Status","Order Date","Customer Note","First Name (Billing)","Last Name (Billing)","Company (Billing)","Country Code (Billing)","Email (Billing)","Phone (Billing)","Item #",SKU,Name,"Product Variation",Quantity,"Quantity (- Refund)","Item Cost","Order Line (w/o tax)","Order Line Tax","Order Line Total","Order Line Total Refunded","Order Line Total (- Refund)","Coupon Code","Discount Amount","Payment Method Title","Cart Discount Amount","Order Subtotal Amount","Order Tax Amount","Order Shipping Amount","Order Refund Amount","Order Total Amount","Order Total Tax Amount"',
      ...many(
        12,
        (i) =>
          `${700 + (i >> 1)},Completed,2024-02-0${(i >> 1) + 1} 12:30,,Ann,Lee,,GB,ann${(i >> 1) % 2}@x.test,555,${1 + (i % 2)},MUG,Mug,,2,2,${10 + i},${20 + 2 * i},0,${20 + 2 * i},0,${20 + 2 * i},,0,Card,0,${42 + 4 * (i - (i % 2))},0,4,0,${46 + 4 * (i - (i % 2))},0`,
      ),
    ),
    roles: {
      customer: "Email (Billing)",
      order: "Order Number",
      date: "Order Date",
      quantity: "Quantity",
      product: "SKU",
      price: "Item Cost",
      amount: "Order Line Total",
      status: "Order Status",
    },
  },
  {
    name: "Squarespace orders",
    seenIn: "an export of 2018 in a public repository",
    text: rows(
      "Order ID,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,Shipping,Taxes,Amount Refunded,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem variant,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Country,Shipping Name,Shipping Country,Cancelled at,Private Notes,Payment Method,Payment Reference",
      ...many(6, (i) =>
        rows(
          `${i},ann${i}@x.test,PAID,7/2${i}/2018 21:06,pending,,USD,30,10,0,0,40,,0,Flat rate,7/2${i}/2018 21:06,2,Coffee,1${i},SQ1,200g,TRUE,TRUE,pending,Ann,United States,Ann,United States,,,Stripe,ch_${i}`,
          `${i},ann${i}@x.test,,,,,,,,,,,,,,7/2${i}/2018 21:06,1,Tea,10,SQ2,,TRUE,TRUE,pending,,,,,,,,`,
        ).trimEnd(),
      ),
    ),
    roles: {
      customer: "Email",
      order: "Order ID",
      date: "Created at",
      quantity: "Lineitem quantity",
      price: "Lineitem price",
      product: "Lineitem sku",
      status: "Financial Status",
      currency: "Currency",
    },
    without: ["amount"],
    question: { code: "order_total_differs", flag: "--map amount=Total --amount-per order" },
  },
  {
    name: "Toast item selections, which name no guest",
    seenIn: "the header of ItemSelectionDetails.csv in public tests",
    text: rows(
      "Location,Order Id,Order #,Sent Date,Order Date,Check Id,Server,Table,Dining Area,Service,Dining Option,Item Selection Id,Item Id,Master Id,SKU,PLU,Menu Item,Menu Subgroup(s),Menu Group,Menu,Sales Category,Gross Price,Discount,Net Price,Qty,Tax,Void?,Deferred,Tax Exempt",
      ...many(
        4,
        (i) =>
          `106 West,13000000157343${i},500${i},10/2${i}/26 5:18 PM,10/2${i}/26 5:17 PM,130${i},Server A,6,Lounge,,,13${i},13,14,,,Martini,,Cocktails,Cocktails,,20.00,0.00,20.00,1.0,1.99,false,false,false`,
      ),
    ),
    roles: { order: "Order Id", date: "Order Date" },
    without: ["customer"],
    question: { code: "MISSING_COLUMNS", says: "names no guests, so there is no customer" },
  },
  {
    name: "Magento sales grid",
    seenIn: "docs.magento.com/user-guide/sales/orders-workspace.html",
    text: rows(
      "ID,Purchase Point,Purchase Date,Bill-to Name,Ship-to Name,Grand Total (Base),Grand Total (Purchased),Status,Customer Email,Customer Group,Subtotal,Shipping and Handling,Customer Name,Payment Method,Total Refunded",
      ...many(
        4,
        (i) =>
          `00000012${i},Main Store,"Mar ${i + 1}, 2024 8:05:11 AM",Ann Lee,Ann Lee,$${50 + i}.00,$${50 + i}.00,complete,ann@x.test,General,$45.00,$5.00,Ann Lee,checkmo,$0.00`,
      ),
    ),
    roles: {
      customer: "Customer Email",
      order: "ID",
      date: "Purchase Date",
      status: "Status",
      payment: "Payment Method",
    },
    question: { code: "AMBIGUOUS_COLUMN", flag: '--map "amount=Grand Total (Purchased)"' },
  },
  {
    name: "Stripe payments",
    seenIn: "the header of unified payments in a public importer",
    text: rows(
      "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount Refunded,Fee,Tax,Converted Currency,Mode,Status,Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured,Card ID,Card Last4,Card Brand",
      ...many(
        4,
        (i) =>
          `ch_3Nx${i}A,Subscription,Payment complete.,2024-03-0${i + 1} 10:11:12,${20 + i}.00,0.00,eur,${20 + i}.00,0.00,0.80,0.00,eur,Live,Paid,SHOP,cus_9s6X${i % 2},,ann${i % 2}@x.test,true,card_${i},4242,Visa`,
      ),
    ),
    roles: {
      customer: "Customer ID",
      date: "Created (UTC)",
      amount: "Amount",
      currency: "Currency",
      status: "Status",
    },
  },
  {
    name: "Stripe payments, older",
    text: rows(
      "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Description,Fee,Status,Customer ID,Customer Email,Card ID",
      ...many(
        4,
        (i) =>
          `ch_3Nx${i}A,2024-03-0${i + 1} 10:11:12,${20 + i}.00,0.00,eur,true,${20 + i}.00,Subscription,0.80,Paid,cus_9s6X${i % 2},ann${i % 2}@x.test,card_${i}`,
      ),
    ),
    roles: { customer: "Customer ID", date: "Created date (UTC)", amount: "Amount", currency: "Currency" },
  },
  {
    name: "Square items detail",
    seenIn: "github.com/zoetankersley/sunrise_social_club, data/raw (2026); github.com/socrtwo/Schola, samples (2025)",
    text: rows(
      "Date,Time,Time Zone,Category,Item,Qty,Price Point Name,SKU,Modifiers Applied,Gross Sales,Discounts,Net Sales,Tax,Transaction ID,Payment ID,Device Name,Notes,Details,Event Type,Location,Dining Option,Customer ID,Customer Name,Customer Reference ID,Unit,Count,GTIN,Itemization Type,Commission,Employee,Fulfillment Note,Channel,Token,Card Brand,PAN Suffix",
      ...many(
        4,
        (i) =>
          `2026-07-1${i},12:59:30,Eastern Time (US & Canada),Drinks,Tea,1.0,Regular,T${i},,$4.50,$0.00,$4.50,$0.36,TX${i}AB,P${i},POS,,https://x.test,Payment,Main,For Here,CUST${i % 2},Ann,,ea,1,,Physical Good,$0.00,,,POS,TK${i},Visa,0000`,
      ),
    ),
    roles: {
      customer: "Customer ID",
      order: "Transaction ID",
      date: "Date",
      quantity: "Qty",
      amount: "Net Sales",
      category: "Category",
    },
  },
  {
    name: "PayPal activity",
    seenIn: "the header of activity reports in public importers, which have more columns of addresses",
    text: rows(
      '"Date","Time","TimeZone","Name","Type","Status","Currency","Gross","Fee","Net","From Email Address","To Email Address","Transaction ID","Item Title","Quantity","Country"',
      ...many(
        4,
        (i) =>
          `"1${i}/03/2024","10:00:00","Europe/Berlin","Ann","Website Payment","Completed","EUR","1.0${20 + i},50","-1,20","1.0${19 + i},30","ann${i % 2}@x.test","shop@x.test","8XJ${i}92","Mug","1","Germany"`,
      ),
    ),
    roles: {
      customer: "From Email Address",
      order: "Transaction ID",
      date: "Date",
      amount: "Gross",
      currency: "Currency",
      status: "Status",
      country: "Country",
    },
  },
  {
    name: "Amazon orders report: item-price is for all pieces",
    seenIn:
      "sellercentral-europe.amazon.com/gp/help/external/help.html?itemID=201648780; a file of 2009 in public test data",
    text: rows(
      "order-id\torder-item-id\tpurchase-date\tpayments-date\tbuyer-email\tbuyer-name\tbuyer-phone-number\tsku\tproduct-name\tquantity-purchased\tcurrency\titem-price\titem-tax\tshipping-price\tshipping-tax\tship-service-level\trecipient-name\tship-country\tship-phone-number",
      ...many(
        4,
        (i) =>
          `234-5678901-234567${i}\t2222222222222${i}\t2009-01-0${i + 1}T10:50:49-08:00\t2009-01-05T10:50:49-08:00\tbob${i % 2}@marketplace.test\tBob\t555\tM-1\tMug\t${1 + i}\tUSD\t${12 * (1 + i)}.90\t0.00\t1.99\t0.00\tStandard\tBob\tUS\t555`,
      ),
    ),
    roles: {
      customer: "buyer-email",
      order: "order-id",
      date: "purchase-date",
      quantity: "quantity-purchased",
      amount: "item-price",
      product: "sku",
      currency: "currency",
      country: "ship-country",
    },
    without: ["price", "status"],
  },
  {
    name: "Amazon fulfilled shipments",
    seenIn: "sellercentral.amazon.in/gp/help/external/help.html?itemID=200453120",
    text: rows(
      "amazon-order-id,merchant-order-id,shipment-id,shipment-item-id,amazon-order-item-id,merchant-order-item-id,purchase-date,payments-date,shipment-date,reporting-date,buyer-email,buyer-name,buyer-phone-number,sku,product-name,quantity-shipped,currency,item-price,item-tax,shipping-price,shipping-tax",
      ...many(
        4,
        (i) =>
          `058-371841${i},,S${i},SI${i},37${i},,2012-07-1${i}T18:53:56+00:00,2012-07-1${i}T18:53:56+00:00,2012-07-2${i}T18:53:56+00:00,2012-07-2${i}T18:53:56+00:00,r${i % 2}@x.test,Ramesh,,M-1,Mug,${i + 1},INR,${15 * (i + 1)}.00,0,0,0`,
      ),
    ),
    roles: { customer: "buyer-email", order: "amazon-order-id", date: "purchase-date", amount: "item-price" },
    without: ["price"],
  },
  {
    name: "Amazon all orders report, which names no buyer",
    seenIn: "sellercentral.amazon.com/gp/help/external/200547170; npm amazon-sp-api 1.1.6, lib/typings/download.ts",
    text: rows(
      "amazon-order-id\tmerchant-order-id\tpurchase-date\tlast-updated-date\torder-status\tfulfillment-channel\tsales-channel\torder-channel\tship-service-level\tproduct-name\tsku\tasin\tnumber-of-items\titem-status\tquantity\tcurrency\titem-price\titem-tax\titem-promotion-discount\tship-city\tship-country",
      ...many(
        4,
        (i) =>
          `026-77${i}-11\t\t2024-04-0${i + 1}T10:00:00+00:00\t2024-04-09T10:00:00+00:00\t${i === 1 ? "Cancelled" : "Shipped"}\tAmazon\tAmazon.de\t\tStandard\tMug\tM-1\tB00${i}\t1\tShipped\t1\tEUR\t12.90\t2.06\t0\tBonn\tDE`,
      ),
    ),
    roles: {
      order: "amazon-order-id",
      date: "purchase-date",
      quantity: "quantity",
      amount: "item-price",
      currency: "currency",
      status: "order-status",
      country: "ship-country",
    },
    without: ["customer", "price"],
    question: { code: "MISSING_COLUMNS", says: "names no buyers, so there is no customer" },
  },
  {
    name: "A price that grows with the pieces",
    seenIn: "the columns of chipotle.tsv (TheUpshot/chipotle), with a customer and a date",
    text: rows(
      "customer\tdate\torder_id\tquantity\titem_name\titem_price",
      ...many(
        12,
        (i) =>
          `K${i % 3}\t2024-01-${two(i + 1)}\t${i}\t${1 + (i & 1)}\tBowl ${i >> 1}\t$${((2.5 + (i >> 1)) * (1 + (i & 1))).toFixed(2)}`,
      ),
    ),
    roles: { amount: "item_price" },
    without: ["price"],
  },
  {
    name: "A part of Amazon's columns",
    text: rows(
      "order-id\tpurchase-date\tbuyer-email\tquantity-purchased\titem-price",
      ...many(4, (i) => `234-${i}\t2009-01-0${i + 1}\tbob${i % 2}@x.test\t${1 + (i & 1)}\t12.90`),
    ),
    question: { code: "LINE_OR_UNIT_PRICE", flag: "--map amount=item-price | --map price=item-price" },
  },
  {
    name: "A table of order items that is not Amazon's",
    text: rows(
      "order_item_id,order_id,customer_id,order_date,product_id,quantity,item_price",
      ...many(12, (i) => `${i},${i >> 1},K${i % 3},2024-01-${two(i + 1)},P${i % 5},${1 + (i % 3)},${10 + (i % 5)}.50`),
    ),
    roles: { price: "item_price", quantity: "quantity" },
    without: ["amount"],
  },
  {
    name: "A price that does not",
    text: rows(
      "customer\tdate\torder_id\tquantity\titem_name\titem_price",
      ...many(12, (i) => `K${i % 3}\t2024-01-${two(i + 1)}\t${i}\t${1 + (i & 1)}\tBowl ${i >> 1}\t$${2 + (i >> 1)}.50`),
    ),
    roles: { price: "item_price", quantity: "quantity" },
    without: ["amount"],
  },
  {
    name: "Etsy sold order items: a transaction is a line of an order",
    seenIn: "an export of 2025 in public test data; Etsy Open API v3, ShopReceiptTransaction",
    text: rows(
      "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Coupon Details,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,Item Total,Currency,Transaction ID,Listing ID,Date Paid,Date Shipped,Ship Name,Ship Address1,Ship City,Ship State,Ship Zipcode,Ship Country,Order ID,Variations,Order Type,Listings Type,Payment Type,InPerson Discount,InPerson Location,VAT Paid by Buyer,SKU",
      ...many(
        4,
        (i) =>
          `08/${14 + i}/25,Mug,ann${i % 2},2,9.50,,,,,4.50,0.62,19.00,USD,400${i},9001,08/${14 + i}/25,08/${15 + i}/25,Ann,1 Main St,Austin,TX,78701,United States,500${i >> 1},,online,listing,online_cc,,,,MUG`,
      ),
    ),
    roles: {
      customer: "Buyer",
      order: "Order ID",
      date: "Sale Date",
      quantity: "Quantity",
      price: "Price",
      amount: "Item Total",
      currency: "Currency",
      country: "Ship Country",
    },
  },
  {
    name: "eBay orders report",
    seenIn: "github.com/randomecho/shifted-sales-report, README.md",
    text: rows(
      "Sales Record Number,Order Number,Buyer Username,Buyer Name,Buyer Email,Buyer Note,Buyer City,Buyer Country,Item Number,Item Title,Custom Label,Sold Via Promoted Listings,Quantity,Sold For,Shipping And Handling,Seller Collected Tax,eBay Collected Tax,Total Price,Payment Method,Sale Date,Paid On Date,Ship By Date,Shipped On Date,Feedback Left,Transaction ID,Variation Details",
      ...many(
        4,
        (i) =>
          `10${i},12-3456${i}-89012,buyer_${i % 2},Pat,pat${i % 2}@x.test,,York,United Kingdom,33500123456${i},Lamp,L-1,No,1,$4${i}.99,$12.00,$0.00,$0.00,$5${i + 6}.99,PayPal,Jul-2${i}-25,Jul-2${i}-25,Jul-2${i + 1}-25,Jul-2${i + 1}-25,No,285730${i},`,
      ),
    ),
    roles: {
      customer: "Buyer Username",
      order: "Order Number",
      date: "Sale Date",
      quantity: "Quantity",
      amount: "Total Price",
      payment: "Payment Method",
    },
  },
  {
    name: "Shopware (German)",
    text: rows(
      "Bestellnummer;Bestelldatum;Kundennummer;E-Mail;Bestellstatus;Zahlungsart;Artikelnummer;Artikelname;Menge;Einzelpreis;Gesamtpreis;Währung;Land",
      ...many(
        4,
        (i) =>
          `2000${i};0${i + 1}.05.2024 14:03;1000${i % 2};ann@x.test;Abgeschlossen;Rechnung;SW1;Becher;2;1.0${10 + i},50;2.0${21 + 2 * i},00;EUR;Deutschland`,
      ),
    ),
    roles: {
      customer: "Kundennummer",
      order: "Bestellnummer",
      date: "Bestelldatum",
      quantity: "Menge",
      price: "Einzelpreis",
      amount: "Gesamtpreis",
      status: "Bestellstatus",
      currency: "Währung",
      country: "Land",
    },
  },
  {
    name: "Lightspeed sales lines",
    text: rows(
      "Date,Sale ID,Employee,Register,Customer ID,Customer,Item,Description,Qty,Retail,Subtotal,Discount,Tax,Total",
      ...many(
        4,
        (i) =>
          `2024-06-0${i + 1} 11:00:00,50${i},Bo,Register 1,${80 + (i % 2)},Ann Lee,21000${i},Mug,1,12.00,12.00,0.00,1.20,13.20`,
      ),
    ),
    roles: { customer: "Customer ID", order: "Sale ID", date: "Date", quantity: "Qty", amount: "Total" },
  },
  {
    name: "Klaviyo placed-order metric",
    text: rows(
      "Event Date,Email,Event Name,OrderId,Value,Currency,Items",
      ...many(
        4,
        (i) => `2024-01-0${i + 1}T08:00:00+00:00,ann${i % 2}@x.test,Placed Order,O${i},${30 + i}.00,USD,"Mug, Plate"`,
      ),
    ),
    roles: { customer: "Email", order: "OrderId", date: "Event Date", amount: "Value", currency: "Currency" },
    without: ["quantity"],
  },
  {
    name: "Google Analytics 4 e-commerce in BigQuery, flattened",
    text: rows(
      "event_date,event_timestamp,event_name,user_pseudo_id,transaction_id,purchase_revenue,item_id,item_name,quantity,price",
      ...many(
        4,
        (i) => `2024010${i + 1},17040672000000${two(i)},purchase,8723.${i % 2}1,T${i},24.00,SKU${i},Mug,2,12.00`,
      ),
    ),
    roles: {
      customer: "user_pseudo_id",
      order: "transaction_id",
      date: "event_date",
      quantity: "quantity",
      price: "price",
    },
  },
  {
    name: "Online Retail (UCI, Kaggle)",
    text: rows(
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
      ...many(4, (i) => `53636${i},85123A,HEART,6,12/1${i}/2010 8:26,2.55,17850,United Kingdom`),
    ),
    roles: {
      customer: "CustomerID",
      order: "InvoiceNo",
      date: "InvoiceDate",
      product: "StockCode",
      description: "Description",
      quantity: "Quantity",
      price: "UnitPrice",
      country: "Country",
    },
    without: ["amount", "status"],
  },
  {
    name: "Online Retail II",
    text: rows(
      "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country",
      ...many(4, (i) => `48943${i},85048,15CM BALL,12,2009-12-0${i + 1} 07:45:00,6.95,13085.0,United Kingdom`),
    ),
    roles: {
      customer: "Customer ID",
      order: "Invoice",
      date: "InvoiceDate",
      product: "StockCode",
      quantity: "Quantity",
      price: "Price",
    },
  },
  {
    name: "Olist, its tables joined: a payment repeated on every item",
    text: rows(
      "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_customer_date,customer_unique_id,customer_state,order_item_id,product_id,seller_id,price,freight_value,payment_type,payment_value,product_category_name",
      ...many(
        12,
        (i) =>
          `e481f${i >> 1},9ef43${i >> 1},delivered,2017-10-${10 + (i >> 1)} 10:56:33,2017-10-19 11:07:15,2017-10-20 21:25:13,7c396${(i >> 1) % 3},SP,${1 + (i % 2)},87285b${i},3504c0,${20 + i}.99,8.72,credit_card,${78 + (i >> 1)}.12,utilidades`,
      ),
    ),
    seenIn:
      "kaggle.com/datasets/olistbr/brazilian-ecommerce: a customer_id is of one order, a customer_unique_id of a person",
    roles: {
      customer: "customer_unique_id",
      order: "order_id",
      date: "order_purchase_timestamp",
      status: "order_status",
      price: "price",
    },
    question: { code: "ORDER_TOTAL", flag: "--map amount=price" },
  },
  {
    name: "Olist's orders, a table by itself",
    seenIn: "kaggle.com/datasets/olistbr/brazilian-ecommerce",
    text: rows(
      "order_id,customer_id,order_status,order_purchase_timestamp,order_approved_at,order_delivered_carrier_date,order_delivered_customer_date,order_estimated_delivery_date",
      "e481f51c,9ef432eb,delivered,2017-10-02 10:56:33,2017-10-02 11:07:15,2017-10-04 19:55:00,2017-10-10 21:25:13,2017-10-18 00:00:00",
    ),
    question: { code: "MISSING_COLUMNS", says: "Join orders, customers and order items to one file" },
  },
  {
    name: "Olist's order items, a table by itself",
    seenIn: "kaggle.com/datasets/olistbr/brazilian-ecommerce",
    text: rows(
      "order_id,order_item_id,product_id,seller_id,shipping_limit_date,price,freight_value",
      "00010242,1,4244733e,48436dad,2017-09-19 09:45:35,58.90,13.29",
    ),
    question: { code: "MISSING_COLUMNS", says: "Join orders, customers and order items to one file" },
  },
  {
    name: "Instacart orders, which hold no date and no money",
    seenIn: "the description of The Instacart Online Grocery Shopping Dataset 2017",
    text: rows(
      "order_id,user_id,eval_set,order_number,order_dow,order_hour_of_day,days_since_prior_order",
      "2539329,1,prior,1,2,08,",
      "2398795,1,prior,2,3,07,15.0",
    ),
    question: { code: "MISSING_COLUMNS", says: "has neither dates nor money" },
  },
  {
    name: "Superstore",
    text: rows(
      "Row ID,Order ID,Order Date,Ship Date,Ship Mode,Customer ID,Customer Name,Segment,Country,City,State,Postal Code,Region,Product ID,Category,Sub-Category,Product Name,Sales,Quantity,Discount,Profit",
      ...many(
        4,
        (i) =>
          `${i},CA-2016-15215${i},11/${i + 14}/2016,11/11/2016,Second Class,CG-1252${i % 2},Claire Gute,Consumer,United States,Henderson,Kentucky,42420,South,FUR-BO-10001798,Furniture,Bookcases,Bush,${261 + i}.96,2,0,41.9136`,
      ),
    ),
    roles: {
      customer: "Customer ID",
      order: "Order ID",
      date: "Order Date",
      amount: "Sales",
      quantity: "Quantity",
      country: "Country",
      category: "Category",
    },
    without: ["status"],
  },
  {
    name: "SAP-like German invoice lines with an empty better-named column",
    text: rows(
      "Belegnummer;Belegdatum;Debitor;Kundennummer;Material;Menge;Nettobetrag",
      ...many(4, (i) => `90000${i};2024051${i};0000100${i % 2};;4711;2;12,50-`),
    ),
    roles: { customer: "Debitor", order: "Belegnummer", date: "Belegdatum", quantity: "Menge", amount: "Nettobetrag" },
  },
  {
    name: "BigCommerce orders",
    seenIn: "the fields of BigCommerce's order CSV as an accounting program's importer lists them",
    text: rows(
      "Order ID,Customer ID,Customer Name,Customer Email,Customer Phone,Order Date,Order Status,Subtotal (inc tax),Subtotal (ex tax),Tax Total,Shipping Cost (inc tax),Shipping Cost (ex tax),Ship Method,Handling Cost (inc tax),Handling Cost (ex tax),Order Total (inc tax),Order Total (ex tax),Payment Method,Total Quantity,Total Shipped,Date Shipped,Order Currency Code,Exchange Rate,Order Notes,Customer Message,Billing First Name,Billing Country,Billing Email",
      ...many(
        4,
        (i) =>
          `10${i},${31 + (i % 2)},Ann Lee,ann@x.test,555,0${i + 1}/2${i}/2024,Completed,2${i}.00,18.00,2.00,4.00,3.50,Post,0,0,2${i + 4}.00,21.50,Card,1,1,01/30/2024,USD,1.0,,,Ann,United States,ann@x.test`,
      ),
    ),
    roles: {
      customer: "Customer ID",
      order: "Order ID",
      date: "Order Date",
      status: "Order Status",
      currency: "Order Currency Code",
      payment: "Payment Method",
    },
    question: { code: "AMBIGUOUS_COLUMN", flag: '--map "amount=Order Total (inc tax)"' },
  },
  {
    name: "TikTok Shop orders: a line for each SKU, the order's amount on each",
    seenIn: "the header in several public importers",
    text: rows(
      "Order ID,Order Status,Order Substatus,Cancelation/Return Type,Normal or Pre-order,SKU ID,Seller SKU,Product Name,Variation,Quantity,SKU Unit Original Price,SKU Subtotal Before Discount,SKU Platform Discount,SKU Seller Discount,SKU Subtotal After Discount,Shipping Fee After Discount,Order Amount,Created Time,Paid Time,Tracking ID,Payment Method,Buyer Username,Recipient",
      ...many(
        12,
        (i) =>
          `5838709000000000${i >> 1}\t,${i > 9 ? "Cancelled" : "Completed"},Delivered,,Normal,SKU-00${i % 2}\t,S-1,Serum,30ml,2,120,240,20,20,${200 + i},38,${438 + (i >> 1)},${two(10 + (i >> 1))}/05/2026 22:05:43\t,11/05/2026 22:06:01\t,TH1,COD,buyer${(i >> 1) % 3},A`,
      ),
    ),
    roles: {
      customer: "Buyer Username",
      order: "Order ID",
      date: "Created Time",
      quantity: "Quantity",
      amount: "SKU Subtotal After Discount",
      status: "Order Status",
    },
    without: ["price"],
  },
  {
    name: "Wix orders",
    seenIn: "a template of Wix's export in a public importer",
    text: rows(
      "Region,Order Number,Date Created,Billing First Name,Billing Last Name,Billing Email,Billing Phone,Billing Address,Billing City,Billing State,Billing Country,Billing ZIP,Shipping First Name,Shipping Email,Shipping Country,Buyer Note,Order Notes,Items,Item Count,Weight (kg),Delivery Method,Coupon Code,Coupon Discount,Subtotal,Discount,Tax,Shipping Rate,Total,Refunded Amount,Net Amount,Currency,Payment Status,Fulfillment Status",
      ...many(
        4,
        (i) =>
          `Malaysia,WIX-12${i},2026-04-0${i + 1},Ann,Lee,ann${i % 2}@x.test,012,Jalan,KL,KL,Malaysia,50450,Ann,ann@x.test,Malaysia,,,Mug x1,1,0.5,Standard,,0,29${i}.00,0,0,10.00,30${i}.00,0,30${i}.00,MYR,Paid,Fulfilled`,
      ),
    ),
    roles: {
      customer: "Billing Email",
      order: "Order Number",
      date: "Date Created",
      currency: "Currency",
      status: "Payment Status",
    },
    question: { code: "AMBIGUOUS_COLUMN", flag: "--map amount=Total" },
  },
  {
    name: "dunnhumby's Let's Get Sort-of-Real",
    seenIn: "the columns of transactions_*.csv in two public loaders",
    text: rows(
      "SHOP_WEEK,SHOP_DATE,SHOP_WEEKDAY,SHOP_HOUR,QUANTITY,SPEND,PROD_CODE,PROD_CODE_10,PROD_CODE_20,CUST_CODE,CUST_PRICE_SENSITIVITY,CUST_LIFESTAGE,BASKET_ID,BASKET_SIZE,BASKET_TYPE,STORE_CODE,STORE_REGION",
      ...many(
        4,
        (i) =>
          `200607,2006040${i + 1},6,20,1,0.9${i},PRD0900${i},CL00001,DEP00001,CUST000${i % 2},LA,YF,99410010${i},M,Mixed,STORE1,E02`,
      ),
    ),
    roles: { customer: "CUST_CODE", order: "BASKET_ID", date: "SHOP_DATE", quantity: "QUANTITY", amount: "SPEND" },
  },
  {
    name: "Brazilian orders",
    seenIn: "the export of a public shop back end",
    text: rows(
      "Número do pedido;Data;Cliente;Telefone;Status;Forma de pagamento;Status do pagamento;Total;Cidade;UF;Itens;Subtotal;Frete;Desconto",
      ...many(
        4,
        (i) =>
          `10${i};${25 + i}/03/2026 12:30;Ana ${i % 2};11987654321;Entregue;Pix;Pago;1.0${37 + i},00;São Paulo;SP;2;1.032,00;5,00;0,00`,
      ),
    ),
    roles: { order: "Número do pedido", date: "Data", amount: "Total", payment: "Forma de pagamento" },
  },
  {
    name: "Polish orders",
    seenIn: "the export of coupons of a public shop system",
    text: rows(
      "Nr zamówienia;Data zamówienia;Wartość zamówienia;Wartość kuponu;Klient;Status zamówienia",
      ...many(4, (i) => `Z${i};1${i} lutego 2026;1 0${37 + i},00 zł;0,00 zł;K${i % 2};Zrealizowane`),
    ),
    roles: {
      customer: "Klient",
      order: "Nr zamówienia",
      date: "Data zamówienia",
      amount: "Wartość zamówienia",
      status: "Status zamówienia",
    },
  },
  {
    name: "German marketplace orders",
    seenIn: "the CSV of a public converter for Rakuten",
    text: rows(
      "Bestellnummer;Bestelldatum;EMail;Artikelnummer;Menge;Preis;Empfangfirma;Empfangvorname;Empfangnachname;EmpfangPLZ;Rechnungnachname",
      ...many(4, (i) => `B-${i};2${i}.03.2026;a${i % 2}@x.test;A1;2;12,50;;Anna;Lee;53113;Lee`),
    ),
    roles: {
      customer: "EMail",
      order: "Bestellnummer",
      date: "Bestelldatum",
      product: "Artikelnummer",
      quantity: "Menge",
      price: "Preis",
    },
  },
  {
    name: "Magento order items joined to their orders: the order's total on each line",
    text: rows(
      "increment_id,created_at,customer_email,sku,name,qty_ordered,price,row_total,grand_total,status,order_currency_code",
      ...many(
        12,
        (i) =>
          `1000000${two(i >> 1)},2024-02-${10 + (i >> 1)} 11:02:13,a${(i >> 1) % 3}@x.test,S${i},Mug,2,12.5000,25.0000,${50 + (i >> 1)}.0000,complete,EUR`,
      ),
    ),
    roles: { order: "increment_id", quantity: "qty_ordered", price: "price", amount: "row_total" },
    question: {
      code: "order_total_differs",
      flag: "--map amount=grand_total --amount-per order | --map amount=row_total",
    },
  },
  {
    name: "PrestaShop's list of orders",
    text: rows(
      "ID;Référence;Nouveau client;Livraison;Client;Total;Paiement;État;Date",
      ...many(
        8,
        (i) => `${i + 1};XKBKNAB${i};Oui;France;J. DOE${i % 4};5${i},40 €;Chèque;Livré;2024-02-${i + 10} 11:02:13`,
      ),
    ),
    roles: {
      customer: "Client",
      order: "Référence",
      date: "Date",
      amount: "Total",
      payment: "Paiement",
      status: "État",
    },
  },
  {
    name: "Shopware 6",
    text: rows(
      "orderNumber;orderDateTime;orderCustomer.customerNumber;orderCustomer.email;amountTotal;amountNet;stateMachineState.name;lineItems",
      ...many(
        8,
        (i) =>
          `${10000 + i};2024-02-${i + 10}T11:02:13.000+00:00;${20000 + (i % 4)};a${i % 4}@x.test;5${i}.40;4${i}.40;Abgeschlossen;1x Tasse`,
      ),
    ),
    roles: {
      customer: "orderCustomer.customerNumber",
      order: "orderNumber",
      date: "orderDateTime",
      amount: "amountTotal",
      status: "stateMachineState.name",
    },
  },
  {
    name: "Italian, with months in words",
    text: rows(
      "Numero ordine;Data ordine;Codice cliente;Codice articolo;Descrizione;Quantità;Prezzo unitario;Importo;Stato ordine;Metodo di pagamento;Paese",
      ...many(4, (i) => `${100 + i};${i + 5} febbraio 2024;C${i % 2};A1;Tazza;2;12,50;25,00;Spedito;Carta;Italia`),
    ),
    roles: {
      customer: "Codice cliente",
      order: "Numero ordine",
      date: "Data ordine",
      amount: "Importo",
      country: "Paese",
    },
  },
  {
    name: "Dutch",
    text: rows(
      "Ordernummer;Besteldatum;Klantnummer;Artikelnummer;Omschrijving;Aantal;Prijs per stuk;Totaal;Status;Betaalmethode;Land",
      ...many(4, (i) => `${100 + i};${i + 5} mrt. 2024;K${i % 2};A1;Kop;2;€ 12,50;€ 25,00;Verzonden;iDEAL;Nederland`),
    ),
    roles: {
      customer: "Klantnummer",
      order: "Ordernummer",
      date: "Besteldatum",
      price: "Prijs per stuk",
      amount: "Totaal",
    },
  },
  {
    name: "French till receipts",
    text: rows(
      "N° ticket;Date d'achat;Code client;Référence article;Désignation;Quantité;Prix unitaire TTC;Montant TTC;Pays",
      ...many(4, (i) => `T${i};${13 + i}/02/2024;C00${i % 2};A1;Tasse;2;12,50;25,00;France`),
    ),
    roles: {
      customer: "Code client",
      date: "Date d'achat",
      quantity: "Quantité",
      amount: "Montant TTC",
      country: "Pays",
    },
  },
  {
    name: "Spanish",
    text: rows(
      "Número de pedido;Fecha de pedido;Código de cliente;Producto;Cantidad;Precio unitario;Estado del pedido;Forma de pago",
      ...many(4, (i) => `P${i};${14 + i}-03-2024;00${i % 2}7;Taza;3;4,20;Entregado;Tarjeta`),
    ),
    roles: {
      customer: "Código de cliente",
      order: "Número de pedido",
      date: "Fecha de pedido",
      quantity: "Cantidad",
      price: "Precio unitario",
      status: "Estado del pedido",
      payment: "Forma de pago",
    },
  },
  {
    name: "Portuguese",
    text: rows(
      "Código do pedido;Data da compra;ID do cliente;Quantidade;Preço unitário;Valor total;Situação",
      ...many(4, (i) => `${900 + i};${15 + i}/04/2024;${55 + (i % 2)};1;R$ 12,00;R$ 12,00;Entregue`),
    ),
    roles: {
      customer: "ID do cliente",
      date: "Data da compra",
      quantity: "Quantidade",
      price: "Preço unitário",
      amount: "Valor total",
      status: "Situação",
    },
  },
  {
    name: "Turkish",
    text: rows(
      "Sipariş No;Sipariş Tarihi;Müşteri No;Ürün Kodu;Adet;Birim Fiyat;Tutar;Durum",
      ...many(
        4,
        (i) => `S${i};${16 + i}.05.2024;M${i % 2};U1;2;10,50;21,00;${i === 3 ? "İptal edildi" : "Teslim edildi"}`,
      ),
    ),
    roles: {
      customer: "Müşteri No",
      order: "Sipariş No",
      date: "Sipariş Tarihi",
      product: "Ürün Kodu",
      quantity: "Adet",
      price: "Birim Fiyat",
      amount: "Tutar",
      status: "Durum",
    },
  },
  {
    name: "dunnhumby's tills: day numbers are no dates",
    seenIn: "transaction_data.csv of The Complete Journey, as public loaders read it",
    text: rows(
      "household_key,BASKET_ID,DAY,PRODUCT_ID,QUANTITY,SALES_VALUE,STORE_ID,RETAIL_DISC,TRANS_TIME,WEEK_NO,COUPON_DISC,COUPON_MATCH_DISC",
      ...many(4, (i) => `237${i % 2},2698477${i},${i + 1},1004906,1,1.39,364,-0.6,1631,1,0,0`),
    ),
    question: { code: "MISSING_COLUMNS", says: "Add a column with a date" },
    roles: { customer: "household_key", order: "BASKET_ID", quantity: "QUANTITY", amount: "SALES_VALUE" },
  },
  {
    name: "A date column that holds no dates beside one that does",
    text: rows("customer_id,date,booked,amount", ...many(4, (i) => `${i % 2},Monday,2024-01-0${i + 1},5.00`)),
    roles: { customer: "customer_id", date: "booked", amount: "amount" },
  },
  {
    name: "Two columns of dates without a telling name",
    text: rows(
      "customer_id,booked,handed over,amount",
      ...many(4, (i) => `${i % 2},2024-01-0${i + 1},2024-02-0${i + 1},5.00`),
    ),
    question: { code: "MISSING_COLUMNS", flag: "--map date=booked" },
  },
  {
    name: "Names that say nothing: the customer is asked, the date is seen",
    text: rows("f1,f2,f3", ...many(20, (i) => `K${100 + (i % 7)},2024-01-${two(i + 1)},${i}.50`)),
    roles: { date: "f2" },
    question: { code: "MISSING_COLUMNS", flag: "--map customer=f1,amount=f3" },
  },
];

/** Rows of files without a header, with what their columns are by their values alone. */
export const HEADERLESS: readonly Layout[] = [
  {
    name: "CDNOW: customer, yyyymmdd, number of CDs, dollars",
    text: rows(
      ...many(
        40,
        (i) =>
          `000${two(10 + (i % 9))} 1997${two(1 + (i % 6))}${two(1 + (i % 28))} ${1 + (i % 3)} ${(14.37 * (1 + (i % 3)) + (i % 4)).toFixed(2)}`,
      ),
    ).replaceAll(" ", ","),
    roles: { customer: "", date: "" },
    question: { code: "MISSING_COLUMNS", flag: "--map amount=4" },
  },
  {
    name: "customer, date, amount",
    text: rows(...many(30, (i) => `K${10 + (i % 7)};2024-03-${two(1 + (i % 28))};${i}.25`)),
    roles: { customer: "", date: "", amount: "" },
  },
  {
    name: "order, customer, day, amount: an order has one customer and one day",
    text: rows(
      ...many(40, (i) => `B${1000 + (i >> 1)};K${10 + ((i >> 1) % 7)};2024-03-${two(1 + ((i >> 1) % 28))};${i}.25`),
    ),
    roles: { order: "", customer: "", date: "", amount: "" },
  },
];
