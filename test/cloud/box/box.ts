import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { EXTERNAL_TABLES, startTrino } from "../../conformance/trino/server.ts";
import { startServer, type TestServer } from "../../local/postgresServer.ts";
import { freePort } from "../../support/freePort.ts";
import { type Certificates, makeCertificates } from "./certificates.ts";
import { type BoxControl, openControl } from "./control.ts";
import type { Parts } from "./parts.ts";

export const PROJECT = fileURLToPath(new URL("../../../", import.meta.url));
export const ACCOUNT = "123456789012";
export const REGION = "us-east-1";
const LAUNCHER = fileURLToPath(new URL("../python/launcher.py", import.meta.url));
const START_SECONDS = 300;
/** Sessions of the deployed roles: test/cloud/python/identity.py. */
const TRINO_KEY = "ASIABOXTRINO00000000";
const IMPORT_KEY = "ASIABOXIMPORT0000000";
/** The name that the templates give the database (lib/infra/segmentDatabase.ts). */
const DATABASE = "segments";

/** A cloud on this machine. */
export interface Box {
  /** Working files: logs, the assembly, the local lake. */
  readonly folder: string;
  readonly endpoint: string;
  readonly control: BoxControl;
  /** For every program that is to take the box for AWS. */
  readonly environment: Readonly<Record<string, string>>;
  readonly postgresUrl: string;
  stop(): Promise<void>;
}

/**
 * Starts PostgreSQL, ministack and Trino on free ports of this machine.
 * @throws Error with the end of the log of what does not start.
 */
export async function startBox(parts: Parts, say: (line: string) => void): Promise<Box> {
  const folder = mkdtempSync(join(tmpdir(), "rfm-cloud-"));
  chmodSync(folder, 0o711);
  const control = openControl(join(folder, "control.json"), join(folder, "journal.jsonl"));
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of stops.toReversed()) await end();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    const [port, trinoPort] = [await freePort(), await freePort()];
    const certificates = makeCertificates(join(folder, "certificates"), parts.trino.java);
    const endpoint = `https://127.0.0.1:${port}`;
    const environment = clientEnvironment(endpoint, certificates);
    const secret = randomUUID();
    const postgres = await timed(say, "PostgreSQL", () => startServer(parts.postgres));
    stops.push(() => postgres.stop());
    await prepareDatabase(postgres, { endpoint, authority: certificates.authority, secret });
    const trino = { port: trinoPort, url: `http://127.0.0.1:${trinoPort}` };
    const place = {
      folder,
      endpoint,
      port,
      postgresPort: postgres.port,
      trinoUrl: trino.url,
      control,
      environment,
      certificates,
      secret,
    };
    stops.push(await timed(say, "ministack", () => startMinistack(parts, place)));
    mkdirSync(join(folder, "unloads"));
    const catalogs = gluedCatalogs(folder, endpoint, secret);
    const server = await timed(say, "Trino", () =>
      startTrino(parts.trino, { catalogs, port: trinoPort, javaOptions: certificates.javaOptions }),
    );
    stops.push(() => server.stop());
    return { folder, endpoint, control, environment, postgresUrl: postgres.url(DATABASE), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function timed<T>(say: (line: string) => void, what: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now();
  const result = await work();
  say(`${what} is up after ${((Date.now() - start) / 1000).toFixed(0)} s`);
  return result;
}

/** An address, not a name: the SDKs then ask for buckets by path. */
function clientEnvironment(endpoint: string, { authority }: Certificates): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    CDK_DEFAULT_ACCOUNT: ACCOUNT,
    CDK_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: "true",
    NODE_EXTRA_CA_CERTS: authority,
    AWS_CA_BUNDLE: authority,
    CURL_CA_BUNDLE: authority,
  };
}

/** Aurora's `aws_s3` over HTTP: the server fetches the object and copies it, unpacked as Aurora does for gzip. */
const AWS_S3 = `
  create schema aws_commons;
  create schema aws_s3;
  create type aws_commons._s3_uri_1 as (bucket text, file_path text, region text);
  create function aws_commons.create_s3_uri(bucket text, file_path text, region text) returns aws_commons._s3_uri_1
    language sql as $$ select row(bucket, file_path, region)::aws_commons._s3_uri_1 $$;
  create function aws_s3.table_import_from_s3(table_name text, column_list text, options text, s3_info aws_commons._s3_uri_1)
    returns text language plpgsql as $$
    declare imported bigint;
    begin
      execute format('copy %s (%s) from program %L with %s', table_name, column_list,
        format('curl -sf CALLER "ENDPOINT/%s/%s" | ' || case when (s3_info).file_path like '%.gz' then 'gzip -dc' else 'cat' end,
          (s3_info).bucket, replace((s3_info).file_path, '=', '%3D')), options);
      get diagnostics imported = row_count;
      return imported || ' rows imported into relation "' || table_name || '" from file ' || (s3_info).file_path;
    end $$;`;

interface Importing {
  readonly endpoint: string;
  readonly authority: string;
  readonly secret: string;
}

async function prepareDatabase(postgres: TestServer, importing: Importing): Promise<void> {
  const run = async (database: string, sql: string): Promise<void> => {
    const client = new Client({ connectionString: postgres.url(database) });
    await client.connect();
    await client.query(sql);
    await client.end();
  };
  await run("postgres", `create database ${DATABASE}`);
  const { endpoint, authority, secret } = importing;
  // Imports are signed by a session of the role that the cluster has for them (test/cloud/python/identity.py).
  const caller = `--cacert ${authority} --aws-sigv4 "aws:amz:${REGION}:s3" --user "${IMPORT_KEY}:${secret}"`;
  await run(DATABASE, AWS_S3.replace("ENDPOINT", endpoint).replace("CALLER", caller));
}

interface MinistackPlace {
  readonly folder: string;
  readonly endpoint: string;
  readonly port: number;
  readonly postgresPort: number;
  readonly trinoUrl: string;
  readonly control: BoxControl;
  readonly environment: Readonly<Record<string, string>>;
  readonly certificates: Certificates;
  readonly secret: string;
}

async function startMinistack(parts: Parts, place: MinistackPlace): Promise<() => Promise<void>> {
  const data = join(place.folder, "ministack");
  mkdirSync(data);
  const log = join(place.folder, "ministack.log");
  const child = spawn(parts.python, [LAUNCHER], {
    cwd: data,
    detached: true,
    stdio: ["ignore", openSync(log, "w"), openSync(log, "a")],
    env: {
      ...process.env,
      ...place.environment,
      TMPDIR: data,
      // Functions run with the project's Node, and find DuckDB's library for this machine's processor beside their own.
      PATH: `${dirname(process.execPath)}:${process.env.PATH ?? ""}`,
      NODE_PATH: join(PROJECT, "node_modules"),
      GATEWAY_PORT: String(place.port),
      BIND_HOST: "127.0.0.1",
      MINISTACK_ACCOUNT_ID: ACCOUNT,
      MINISTACK_REGION: REGION,
      LAMBDA_EXECUTOR: "local",
      // Every call is signed, and judged by the policies of who makes it.
      AUTH: "true",
      USE_SSL: "1",
      MINISTACK_SSL_CERT: place.certificates.certificate,
      MINISTACK_SSL_KEY: place.certificates.key,
      BOX_SESSION_SECRET: place.secret,
      LOG_LEVEL: "WARNING",
      PYTHONDONTWRITEBYTECODE: "1",
      BOX_CONTROL: place.control.controlPath,
      BOX_JOURNAL: place.control.journalPath,
      BOX_POSTGRES_PORT: String(place.postgresPort),
      TRINO_URL: place.trinoUrl,
    },
  });
  // The functions' processes are its own: its whole group ends with it.
  const kill = (): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch (error) {
      // It has ended by itself, and its end is not told yet.
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  process.once("exit", kill);
  for (let tenth = 0; tenth < START_SECONDS * 10 && child.exitCode === null; tenth++) {
    if (await answers(place.endpoint)) return endOf(child, kill);
    await delay(100);
  }
  kill();
  throw new Error(`ministack does not start:\n${readFileSync(log, "utf8").slice(-2000)}`);
}

function endOf(child: ReturnType<typeof spawn>, kill: () => void): () => Promise<void> {
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    kill();
    await exited;
  };
}

async function answers(endpoint: string): Promise<boolean> {
  return fetch(`${endpoint}/_ministack/health`).then(
    (response) => response.ok,
    () => false,
  );
}

/** Iceberg's and external tables in the box's Glue, their files in its S3. */
function gluedCatalogs(folder: string, endpoint: string, secret: string) {
  const objects = [
    ...["fs.native-s3.enabled=true", `s3.endpoint=${endpoint}`, `s3.region=${REGION}`, "s3.path-style-access=true"],
    `s3.aws-access-key=${TRINO_KEY}`,
    `s3.aws-secret-key=${secret}`,
  ];
  const access = [
    ...objects,
    ...[`hive.metastore.glue.region=${REGION}`, `hive.metastore.glue.endpoint-url=${endpoint}`],
    `hive.metastore.glue.aws-access-key=${TRINO_KEY}`,
    `hive.metastore.glue.aws-secret-key=${secret}`,
  ];
  return {
    lake: [
      ...["connector.name=iceberg", "iceberg.catalog.type=glue", "iceberg.hive-catalog-name=files"],
      ...["iceberg.expire-snapshots.min-retention=0s", "iceberg.remove-orphan-files.min-retention=0s", ...access],
    ],
    files: [
      ...["connector.name=hive", "hive.metastore=glue", ...EXTERNAL_TABLES, ...access],
      // Statistics of partitions are not kept; Trino would ask Glue for them again and again.
      "hive.table-statistics-enabled=false",
    ],
    // UNLOAD makes no table: what plays it is not in Glue, and asks nothing of it.
    unloads: [
      ...[
        "connector.name=hive",
        "hive.metastore=file",
        "hive.metastore.catalog.dir=local:///unloads",
        ...EXTERNAL_TABLES,
      ],
      ...["fs.native-local.enabled=true", `local.location=${folder}`, ...objects],
    ],
  };
}

/** Writes a file of exports, by which a shell takes the box for AWS. */
export function writeExports(box: Box): string {
  const path = join(box.folder, "environment.sh");
  const lines = Object.entries(box.environment).map(([name, value]) => `export ${name}='${value}'`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}
