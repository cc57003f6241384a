// Segments orders from Node. In a folder of yours: npm install rfm-segmentation; node segment.mjs orders.csv
import { openLake, SegmentationError } from "rfm-segmentation";

const lake = openLake("lake");
const file = process.argv[2];

/** Rows may come from anywhere: a file as here, a query, a stream. Decimal text keeps money exact. */
async function* orders() {
  yield { customer: "00042", order: "A-1", date: "2024-03-05", amount: "19.90" };
  yield { customer: "00042", order: "A-7", date: "2024-05-11", amount: "5.10" };
  yield { customer: "00043", order: "A-2", date: "2024-03-06", amount: "250.00" };
  yield { customer: "00044", order: "A-3", date: "2024-01-17", amount: "12.00" };
}

try {
  const results = await lake.segment(file ?? orders(), {
    ...(file === undefined ? { source: "web-shop" } : {}),
    settings: { clusters: { seed: 7 } },
    onProgress: ({ type, state }) => type === "exited" && state === "PublishRun" && console.log("published"),
    signal: AbortSignal.timeout(600_000),
  });
  console.log(results.summary.totals);
  for await (const customer of results.customers({ segments: ["Champions", "At Risk"] }))
    console.log(customer.customer_id, customer.rfm_segment, customer.monetary, customer.cluster_label);
  results.writeTo("results");
} catch (error) {
  // Every error that somebody can mend has a class, a code and a sentence that says how.
  if (!(error instanceof SegmentationError)) throw error;
  console.error(`${error.message} [${error.code}]`);
  process.exitCode = 1;
}
