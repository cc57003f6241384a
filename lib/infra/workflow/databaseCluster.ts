import { Duration, type RemovalPolicy } from "aws-cdk-lib";
import {
  FlowLogDestination,
  FlowLogTrafficType,
  type GatewayVpcEndpoint,
  GatewayVpcEndpointAwsService,
  type IVpc,
  Peer,
  Port,
  SecurityGroup,
  SubnetType,
  Vpc,
} from "aws-cdk-lib/aws-ec2";
import { AnyPrincipal, PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IKey } from "aws-cdk-lib/aws-kms";
import { LogGroup, type RetentionDays } from "aws-cdk-lib/aws-logs";
import {
  AuroraPostgresEngineVersion,
  ClusterInstance,
  DatabaseCluster,
  DatabaseClusterEngine,
} from "aws-cdk-lib/aws-rds";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { acknowledge } from "../acknowledgements.ts";

export interface SegmentDatabaseProps {
  readonly bucket: IBucket;
  readonly key: IKey;
  /** Of another construct, with isolated subnets that have a route to S3; by default one is created. */
  readonly vpc?: IVpc | undefined;
  readonly maxCapacityUnits: number;
  readonly pauseMinutes: number;
  readonly removalPolicy: RemovalPolicy;
  readonly logRetention: RetentionDays;
  /** Protects the cluster from deletion. */
  readonly deletionProtection: boolean;
}

/** What functions need to call the database. */
export interface DatabaseAccess {
  readonly clusterArn: string;
  readonly clusterIdentifier: string;
  readonly secretArn: string;
  readonly databaseName: string;
}

export const DATABASE_NAME = "segments";
/** Zones that the database imports from: segments and pieces of large parts. */
const IMPORT_PREFIXES = ["curated/*", "scoring/output/*", "staging/*"];

/**
 * Aurora PostgreSQL that costs nothing but storage while nobody asks. Nothing connects to it: functions use the Data
 * API, and the only way out of its subnets is to the lake, for `aws_s3` imports.
 */
export class SegmentDatabase extends Construct {
  readonly cluster: DatabaseCluster;
  readonly access: DatabaseAccess;

  constructor(scope: Construct, id: string, props: SegmentDatabaseProps) {
    super(scope, id);
    const vpc: IVpc = props.vpc ?? createNetwork(this, props);
    const securityGroup = new SecurityGroup(this, "SecurityGroup", {
      vpc,
      description: "Segment database: nothing comes in, S3 imports go out",
      allowAllOutbound: false,
    });
    // The subnets' only route out is the gateway to S3; addresses of S3 are not known at synthesis.
    securityGroup.addEgressRule(Peer.anyIpv4(), Port.HTTPS, "S3 through the gateway endpoint");
    this.cluster = new DatabaseCluster(this, "Cluster", {
      // The newest of its major at this release. Minor upgrades come by themselves; an update goes forward from there,
      // never back.
      engine: DatabaseClusterEngine.auroraPostgres({ version: AuroraPostgresEngineVersion.VER_17_9 }),
      vpc,
      vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED },
      securityGroups: [securityGroup],
      writer: ClusterInstance.serverlessV2("Writer", {
        autoMinorVersionUpgrade: true,
        enablePerformanceInsights: false,
      }),
      serverlessV2MinCapacity: 0,
      serverlessV2MaxCapacity: props.maxCapacityUnits,
      serverlessV2AutoPauseDuration: Duration.minutes(props.pauseMinutes),
      enableDataApi: true,
      iamAuthentication: true,
      // RDS makes the password, keeps it in Secrets Manager and changes it every week.
      manageMasterUserPassword: true,
      defaultDatabaseName: DATABASE_NAME,
      storageEncrypted: true,
      storageEncryptionKey: props.key,
      s3ImportRole: importRole(this, props),
      backup: { retention: Duration.days(7) },
      copyTagsToSnapshot: true,
      deletionProtection: props.deletionProtection,
      removalPolicy: props.removalPolicy,
    });
    acknowledge(this.cluster, "DatabaseCluster");
    this.access = {
      clusterArn: this.cluster.clusterArn,
      clusterIdentifier: this.cluster.clusterIdentifier,
      secretArn: this.cluster.secret?.secretArn as string,
      databaseName: DATABASE_NAME,
    };
  }
}

/** Two isolated subnets, no gateway to the internet, no NAT: a network that costs nothing. */
function createNetwork(scope: Construct, { bucket, logRetention, removalPolicy }: SegmentDatabaseProps): IVpc {
  const vpc = new Vpc(scope, "Network", {
    maxAzs: 2,
    natGateways: 0,
    subnetConfiguration: [{ name: "database", subnetType: SubnetType.PRIVATE_ISOLATED, cidrMask: 26 }],
    restrictDefaultSecurityGroup: false,
  });
  const flowLog = new LogGroup(scope, "FlowLog", { retention: logRetention, removalPolicy });
  vpc.addFlowLog("Rejected", {
    destination: FlowLogDestination.toCloudWatchLogs(flowLog),
    trafficType: FlowLogTrafficType.REJECT,
  });
  const endpoint: GatewayVpcEndpoint = vpc.addGatewayEndpoint("ToS3", { service: GatewayVpcEndpointAwsService.S3 });
  endpoint.addToPolicy(
    new PolicyStatement({
      principals: [new AnyPrincipal()],
      actions: ["s3:GetObject", "s3:ListBucket"],
      resources: [bucket.bucketArn, ...IMPORT_PREFIXES.map((prefix) => bucket.arnForObjects(prefix))],
    }),
  );
  // CDK's own classes and interfaces differ in optional properties under strict types.
  return vpc as IVpc;
}

/** What PostgreSQL may do in the lake: read segments and predictions. */
function importRole(scope: Construct, { bucket, key }: SegmentDatabaseProps): Role {
  const role = new Role(scope, "ImportRole", {
    assumedBy: new ServicePrincipal("rds.amazonaws.com"),
    description: "aws_s3.table_import_from_s3 of the segment database",
  });
  role.addToPolicy(
    new PolicyStatement({
      actions: ["s3:GetObject"],
      resources: IMPORT_PREFIXES.map((prefix) => bucket.arnForObjects(prefix)),
    }),
  );
  // As the documentation of the import asks.
  role.addToPolicy(new PolicyStatement({ actions: ["s3:ListBucket"], resources: [bucket.bucketArn] }));
  role.addToPolicy(new PolicyStatement({ actions: ["kms:Decrypt"], resources: [key.keyArn] }));
  return role;
}
