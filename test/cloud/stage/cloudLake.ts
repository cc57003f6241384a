import { setTimeout as delay } from "node:timers/promises";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  ListExecutionsCommand,
  SFNClient,
  StartExecutionCommand,
} from "@aws-sdk/client-sfn";
import { openS3Store } from "../../../lib/aws/s3/s3Store.ts";
import type { ObjectStore } from "../../../lib/ports.ts";
import type { Box } from "../box/box.ts";
import type { Deployment } from "../box/deployment.ts";

/** An ended run of the deployed state machine. */
export interface Execution {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
  readonly input: string;
  /** Milliseconds since 1970. */
  readonly endedAt: number;
  /** Present where the run succeeded. */
  readonly output?: { readonly attempt: string; readonly run: { readonly runId: string } };
  /** Error and cause where it did not. */
  readonly reason?: string;
}

/** A deployed lake as those see it who drop files into it. */
export interface CloudLake {
  readonly deployment: Deployment;
  readonly box: Box;
  put(key: string, body: string | Uint8Array, options?: { readonly tagging?: string }): Promise<void>;
  read(key: string): Promise<string>;
  /** The lake as the product's own tools open it. */
  readonly store: ObjectStore;
  /** All executions so far, newest first. */
  executions(): Promise<string[]>;
  /** The end of an execution. */
  ended(arn: string): Promise<Execution>;
  /** The ends of `count` executions that are not among `known`. */
  newExecutions(known: readonly string[], count: number): Promise<Execution[]>;
  /** Puts one object and waits for the end of the run that it starts. */
  drop(key: string, body: string, options?: { readonly tagging?: string }): Promise<Execution>;
  start(input: string): Promise<Execution>;
  /** segments.csv of a run that succeeded. */
  segments(execution: Execution): Promise<string>;
  close(): void;
}

const START_SECONDS = 600;
/** A run takes a minute; on a machine that does other things besides, much longer. */
const RUN_SECONDS = 7_200;

/** Opens the lake of a deployment with the box's own credentials. */
export function openCloudLake(box: Box, deployment: Deployment): CloudLake {
  const client = clientOptions(box);
  const s3 = new S3Client({ ...client, forcePathStyle: true });
  const states = new SFNClient(client);
  const bucket = deployment.bucket;
  const list = async (): Promise<string[]> => {
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await states.send(
        new ListExecutionsCommand({ stateMachineArn: deployment.stateMachineArn, ...(nextToken && { nextToken }) }),
      );
      arns.push(...(page.executions ?? []).map(({ executionArn }) => executionArn as string));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return arns;
  };
  const ended = async (arn: string): Promise<Execution> => {
    for (let second = 0; second < RUN_SECONDS; second++) {
      const execution = await states.send(new DescribeExecutionCommand({ executionArn: arn }));
      if (execution.status !== "RUNNING") return toExecution(execution);
      await delay(1000);
    }
    throw new Error(`${arn} is still running after ${RUN_SECONDS} s`);
  };
  const put: CloudLake["put"] = async (key, body, { tagging } = {}) => {
    await s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(body), ...(tagging && { Tagging: tagging }) }),
    );
  };
  const read = async (key: string): Promise<string> => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return (Body as { transformToString(): Promise<string> }).transformToString();
  };
  const newExecutions: CloudLake["newExecutions"] = async (known, count) => {
    let fresh: string[] = [];
    for (let second = 0; fresh.length < count; second++) {
      if (second > START_SECONDS) throw new Error(`${fresh.length} of ${count} runs started within ${START_SECONDS} s`);
      await delay(1000);
      fresh = (await list()).filter((arn) => !known.includes(arn));
    }
    return Promise.all(fresh.map(ended));
  };
  return {
    deployment,
    box,
    put,
    store: openS3Store({ client: s3, bucket }),
    read,
    executions: list,
    ended,
    newExecutions,
    drop: async (key, body, options) => {
      const known = await list();
      await put(key, body, options);
      return (await newExecutions(known, 1))[0] as Execution;
    },
    start: async (input) => {
      const { stateMachineArn } = deployment;
      const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn, input }));
      return ended(executionArn as string);
    },
    segments: ({ output }) => read(`curated/run_id=${output?.run.runId}/attempt=${output?.attempt}/segments.csv`),
    close: () => {
      s3.destroy();
      states.destroy();
    },
  };
}

/** What every client of the SDK needs to take the box for AWS. */
export function clientOptions({ environment }: Box) {
  return {
    endpoint: environment.AWS_ENDPOINT_URL as string,
    region: environment.AWS_REGION as string,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID as string,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY as string,
    },
  };
}

function toExecution(execution: DescribeExecutionCommandOutput): Execution {
  const { executionArn, name, status, input, output, error, cause, stopDate } = execution;
  return {
    arn: executionArn as string,
    name: name as string,
    status: status as string,
    input: input ?? "",
    endedAt: stopDate?.getTime() ?? 0,
    ...(status === "SUCCEEDED"
      ? { output: JSON.parse(output as string) }
      : { reason: `${error}: ${statementFailure(cause ?? "")}` }),
  };
}

/** Of a failed statement its name and Athena's words; the statement itself is long. */
function statementFailure(cause: string): string {
  const [, name] = /"Query": "-- ([\w/]+)/.exec(cause) ?? [];
  const [, reason] = /"StateChangeReason": "((?:[^"\\]|\\.)*)"/.exec(cause) ?? [];
  return reason === undefined ? cause : `${name}: ${reason}`;
}
