/** A query that analysts find in Athena's console, in the workgroup of the deployment. */
export interface SavedQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Run id and attempt of the newest run stand in its summary and in runs/<run id>.json; the tables are read by them. */
const RUN = "run_id = '<run id>' and attempt = '<attempt>'";

export const SAVED_QUERIES: readonly SavedQuery[] = [
  {
    name: "sources in the history",
    description:
      "What was dropped, when it was committed, and how many rows it has; the latest entry of a source counts",
    sql: `select source, ingest_id, rows_in, committed_at, is_removed
from ingests
order by committed_at desc`,
  },
  {
    name: "segments of a run",
    description: "Size and revenue of each named segment; put in the run and the attempt",
    sql: `select
  rfm_segment,
  count(*) as customers,
  sum(monetary) as revenue,
  approx_percentile(recency_days, 0.5) as about_median_recency_days
from segments
where ${RUN}
group by rfm_segment
order by revenue desc`,
  },
  {
    name: "customers of a segment",
    description: "The best customers of one segment, for a campaign; put in the run, the attempt and the segment",
    sql: `select customer_id, recency_days, frequency, monetary, cluster_label, last_purchase
from segments
where ${RUN} and rfm_segment = 'Champions'
order by monetary desc, customer_id
limit 1000`,
  },
  {
    name: "moves between two runs",
    description: "How many customers went from which segment to which; put in both runs and attempts",
    sql: `with before as (
  select customer_id, rfm_segment from segments where run_id = '<earlier run>' and attempt = '<its attempt>'
),

after as (
  select customer_id, rfm_segment from segments where ${RUN}
)

select before.rfm_segment as from_segment, after.rfm_segment as to_segment, count(*) as customers
from before
full outer join after on after.customer_id = before.customer_id
group by before.rfm_segment, after.rfm_segment
order by customers desc`,
  },
  {
    name: "rejected rows",
    description: "Rows of the live history that the latest run did not keep, by reason",
    sql: `select drop_reason, source, count(*) as row_count, sum(amount) as amount
from rejects
group by drop_reason, source
order by row_count desc`,
  },
];
