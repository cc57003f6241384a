import { Stack } from "aws-cdk-lib";
import { CfnNamedQuery, CfnWorkGroup } from "aws-cdk-lib/aws-athena";
import { CfnTable } from "aws-cdk-lib/aws-glue";
import type { IKey } from "aws-cdk-lib/aws-kms";
import type { IBucket } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { BI_TABLES, type BiTable } from "../../tables/bi.ts";
import { EXTERNAL_TABLES, type ExternalTable } from "../../tables/external.ts";
import { publishedPrefix } from "../../workflow/lake/layout.ts";
import { SAVED_QUERIES } from "./savedQueries.ts";

export interface DataCatalogProps {
  readonly environment: string;
  /** Name of the Glue database; Iceberg tables are made in it by the workflow. */
  readonly databaseName: string;
  readonly bucket: IBucket;
  readonly key: IKey;
  /** Athena stops a statement that scans more. */
  readonly maxScannedBytes: number;
}

/** Athena's workgroup, the external tables over the lake's Parquet, and queries for analysts. */
export class DataCatalog extends Construct {
  readonly workGroupName: string;
  readonly workGroupArn: string;

  constructor(scope: Construct, id: string, props: DataCatalogProps) {
    super(scope, id);
    const workGroup = createWorkGroup(this, props);
    this.workGroupName = workGroup.name;
    this.workGroupArn = Stack.of(this).formatArn({
      service: "athena",
      resource: "workgroup",
      resourceName: workGroup.name,
    });
    for (const [name, table] of Object.entries(EXTERNAL_TABLES)) createTable(this, props, name, table);
    for (const [name, table] of Object.entries(BI_TABLES)) createBiTable(this, props, name, table);
    for (const { name, description, sql } of SAVED_QUERIES) {
      new CfnNamedQuery(this, `Query-${name}`, {
        name: `${props.databaseName}: ${name}`,
        description,
        database: props.databaseName,
        workGroup: workGroup.name,
        queryString: sql,
      }).addResourceDependency(workGroup);
    }
  }
}

function createWorkGroup(
  scope: Construct,
  { environment, bucket, key, maxScannedBytes }: DataCatalogProps,
): CfnWorkGroup {
  return new CfnWorkGroup(scope, "WorkGroup", {
    name: `rfm-${environment}`,
    description: `Customer segmentation ${environment}`,
    recursiveDeleteOption: true,
    workGroupConfiguration: {
      enforceWorkGroupConfiguration: true,
      engineVersion: { selectedEngineVersion: "Athena engine version 3" },
      publishCloudWatchMetricsEnabled: true,
      bytesScannedCutoffPerQuery: maxScannedBytes,
      resultConfiguration: {
        outputLocation: `s3://${bucket.bucketName}/athena-results/`,
        encryptionConfiguration: { encryptionOption: "SSE_KMS", kmsKey: key.keyArn },
      },
    },
  });
}

function createTable(
  scope: Construct,
  { databaseName, bucket }: DataCatalogProps,
  name: string,
  table: ExternalTable,
): void {
  const root = `s3://${bucket.bucketName}`;
  new CfnTable(scope, `Table-${name}`, {
    catalogId: Stack.of(scope).account,
    databaseName,
    tableInput: {
      name,
      tableType: "EXTERNAL_TABLE",
      partitionKeys: table.partitionColumns.map((column) => ({ name: column, type: "string" })),
      parameters: {
        EXTERNAL: "TRUE",
        classification: "parquet",
        // Injected: a statement names the partitions that it reads, so none is ever registered or listed.
        "projection.enabled": "true",
        ...Object.fromEntries(table.partitionColumns.map((column) => [`projection.${column}.type`, "injected"])),
        // Athena writes a partition column as ${name}.
        "storage.location.template": `${root}/${table.location.replaceAll("{", "${")}/`,
      },
      storageDescriptor: {
        // Never read: the template above is. It must be a folder that holds all of them.
        location: `${root}/${table.location.slice(0, table.location.indexOf("/") + 1)}`,
        columns: Object.entries(table.columns).map(([column, { type }]) => ({ name: column, type: glueType(type) })),
        inputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
        outputFormat: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
        serdeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
      },
    },
  });
}

/** How Hive reads the files of a table for BI tools. */
export const BI_FORMATS = {
  // The files that symlink.txt names, which are Parquet (as Delta Lake's manifests for Athena and Trino do).
  parquet: {
    inputFormat: "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat",
    outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    serdeInfo: { serializationLibrary: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe" },
  },
  json: {
    inputFormat: "org.apache.hadoop.mapred.TextInputFormat",
    outputFormat: "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    serdeInfo: { serializationLibrary: "org.apache.hive.hcatalog.data.JsonSerDe" },
  },
} as const;

/** A static table, so that every tool that knows Athena can read it like any other. */
function createBiTable(
  scope: Construct,
  { databaseName, bucket }: DataCatalogProps,
  name: string,
  table: BiTable,
): void {
  new CfnTable(scope, `Table-${name}`, {
    catalogId: Stack.of(scope).account,
    databaseName,
    tableInput: {
      name,
      description: `One row per ${table.grain}`,
      tableType: "EXTERNAL_TABLE",
      parameters: { EXTERNAL: "TRUE", classification: table.source.kind },
      storageDescriptor: {
        location: `s3://${bucket.bucketName}/${publishedPrefix(name)}`,
        columns: Object.entries(table.columns).map(([column, { type, meaning }]) => ({
          name: column,
          type: glueType(type),
          comment: meaning,
        })),
        ...BI_FORMATS[table.source.kind],
      },
    },
  });
}

const GLUE_TYPES: Readonly<Record<string, string>> = {
  varchar: "string",
  bigint: "bigint",
  integer: "int",
  smallint: "smallint",
  double: "double",
  boolean: "boolean",
  date: "date",
};

/** Hive's name of a Trino type. @throws Error for a type that no table has had so far. */
export function glueType(trinoType: string): string {
  const decimal = /^decimal\((\d+), ?(\d+)\)$/.exec(trinoType);
  if (decimal !== null) return `decimal(${decimal[1]},${decimal[2]})`;
  if (/^timestamp(\(\d+\))?$/.test(trinoType)) return "timestamp";
  const known = GLUE_TYPES[trinoType];
  if (known === undefined) throw new Error(`No Glue type is known for Trino's ${trinoType}.`);
  return known;
}
