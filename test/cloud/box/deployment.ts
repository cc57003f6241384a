import { spawn } from "node:child_process";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { ACCOUNT, type Box, PROJECT, REGION } from "./box.ts";

/** Context of the CDK app: docs/deploy.md, Settings. */
export type Settings = Readonly<Record<string, string>>;

/** What `cdk deploy` prints, by stack: `Rfm-<environment>-Lake` and so on. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A deployed system in the box. */
export interface Deployment {
  readonly environment: string;
  readonly bucket: string;
  readonly stateMachineArn: string;
  readonly outputs: Outputs;
}

/** `cdk bootstrap`, once for a box. @throws Error with what the command said. */
export async function bootstrap(box: Box, assembly: string): Promise<void> {
  await cdk(box, ["bootstrap", `aws://${ACCOUNT}/${REGION}`, "--app", assembly]);
}

/** Synthesizes the project's stacks as they are; `root` is another checkout. @returns the folder of the assembly. */
export async function synthesize(box: Box, settings: Settings = {}, root: string = PROJECT): Promise<string> {
  const assembly = join(box.folder, `assembly-${settings.environment ?? "prod"}-${++assemblies}`);
  await cdk(box, ["synth", "--quiet", "--output", assembly, ...contextOf(settings)], root);
  return assembly;
}
let assemblies = 0;

/** `cdk deploy --all` of an assembly. @throws Error with what the command said. */
export async function deploy(box: Box, assembly: string, environment = "prod"): Promise<Deployment> {
  const file = join(box.folder, `outputs-${environment}.json`);
  await cdk(box, ["deploy", "--all", "--app", assembly, "--require-approval", "never", "--outputs-file", file]);
  const outputs = JSON.parse(readFileSync(file, "utf8")) as Outputs;
  const of = (stack: string, name: string): string => outputs[`Rfm-${environment}-${stack}`]?.[name] ?? "";
  return {
    environment,
    bucket: of("Lake", "LakeBucket"),
    stateMachineArn: of("Workflow", "StateMachine"),
    outputs,
  };
}

/** `cdk destroy --all`. @throws Error with what the command said. */
export async function destroy(box: Box, assembly: string): Promise<void> {
  await cdk(box, ["destroy", "--all", "--force", "--app", assembly]);
}

const contextOf = (settings: Settings): string[] =>
  Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);

/** Runs the project's CDK against the box; its output goes to cdk.log. */
async function cdk(box: Box, args: readonly string[], root: string = PROJECT): Promise<void> {
  const program = join(PROJECT, "node_modules/aws-cdk/bin/cdk");
  await runProgram(box, process.execPath, [program, ...args], root);
}

/** Runs a program that takes the box for AWS. @returns what it printed. @throws Error with the end of what it printed. */
export async function runProgram(box: Box, command: string, args: readonly string[], cwd: string): Promise<string> {
  const log = createWriteStream(join(box.folder, "programs.log"), { flags: "a" });
  log.write(`\n$ ${command} ${args.join(" ")}\n`);
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...box.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      said += chunk;
      log.write(chunk);
    });
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  log.end();
  if (status !== 0) throw new Error(`${[command, ...args.slice(0, 3)].join(" ")} failed:\n${said.slice(-1500)}`);
  return said;
}
