import { audienceSql } from "../../workflow/sql/audienceSql.ts";

/** A query that analysts find in Athena's console, in the workgroup of the deployment. */
export interface SavedQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
}

/** Run id and attempt stand in a run's summary and in runs/<run id>.json; the tables of all runs are read by them. */
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
    name: "segments of the current run",
    description: "Size, revenue and medians of each named segment of the published run",
    sql: `select rfm_segment, customers, customer_share, revenue, revenue_share, median_recency_days, median_monetary
from current_segment_summary
order by revenue desc`,
  },
  {
    name: "audience of a campaign",
    description:
      "The customers of one segment with the hold-out flag of a campaign, the very one that rfm export writes; put in both names",
    sql: audienceSql({
      columns: ["customer_id", "recency_days", "frequency", "monetary", "cluster_label", "last_purchase", "is_holdout"],
      filter: { segments: ["At Risk"], clusterIds: [] },
      holdout: { share: 0.1, campaign: "spring", salt: "" },
    }).trimEnd(),
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
