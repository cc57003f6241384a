import { CfnWebACL, CfnWebACLAssociation } from "aws-cdk-lib/aws-wafv2";
import type { Construct } from "constructs";

/** Requests of one address within five minutes. */
const REQUESTS_PER_ADDRESS = 2_000;

interface RuleSpec {
  readonly name: string;
  /** Rules of the group that only count. */
  readonly counted?: readonly string[];
}

const MANAGED_RULES: readonly RuleSpec[] = [
  { name: "AWSManagedRulesAmazonIpReputationList" },
  // It refuses bodies beyond 8 KB; ours may have 6 MB.
  { name: "AWSManagedRulesCommonRuleSet", counted: ["SizeRestrictions_BODY"] },
  { name: "AWSManagedRulesKnownBadInputsRuleSet" },
];

/** AWS WAF before a stage: AWS's managed rules, and a limit per address. */
export function addWebAcl(scope: Construct, stageArn: string): void {
  const visible = (metricName: string) => ({
    cloudWatchMetricsEnabled: true,
    metricName,
    // Samples would keep bodies' first bytes.
    sampledRequestsEnabled: false,
  });
  const acl = new CfnWebACL(scope, "WebAcl", {
    scope: "REGIONAL",
    defaultAction: { allow: {} },
    visibilityConfig: visible("ScoringApi"),
    rules: [
      {
        name: "PerAddress",
        priority: 0,
        action: { block: {} },
        statement: { rateBasedStatement: { aggregateKeyType: "IP", limit: REQUESTS_PER_ADDRESS } },
        visibilityConfig: visible("PerAddress"),
      },
      ...MANAGED_RULES.map(({ name, counted = [] }, i) => ({
        name,
        priority: i + 1,
        overrideAction: { none: {} },
        statement: {
          managedRuleGroupStatement: {
            vendorName: "AWS",
            name,
            ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
          },
        },
        visibilityConfig: visible(name),
      })),
    ],
  });
  new CfnWebACLAssociation(scope, "WebAclAssociation", { webAclArn: acl.attrArn, resourceArn: stageArn });
}
