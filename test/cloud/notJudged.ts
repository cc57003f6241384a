/** What a green box does not prove; docs/first-deployment.md says how a person with an account looks at it. */
export const NOT_JUDGED: readonly string[] = [
  "Athena itself: its engine is Trino 476 here, its OPTIMIZE and VACUUM are Trino's, its bytes scanned are 0",
  "Aurora: PostgreSQL of this machine, its own aws_s3; no pause but the one that a scenario plays",
  "networks: VPC, subnets, gateway endpoint and security groups are made, and nothing goes through them",
  "what Trino does not ask of Glue and S3 but Athena does (Athena checks `default` and the catalog in some regions)",
  "KMS grants, bucket keys and what AWS services ask of a key for themselves (EventBridge, SNS, Firehose, CloudWatch)",
  "memory, time and concurrency limits of Lambda; arm64 (functions run on this machine's processor)",
  "quotas and throttling but those that a scenario plays; alarms, dashboards and X-Ray are made and not looked at",
  "API Gateway's request models and usage-plan limits; AWS WAF",
  "Firehose (a stream's objects are written by the scenario), Glue crawlers' and BI tools' own ways to the tables",
  "prices: nothing here is metered as AWS does",
];
