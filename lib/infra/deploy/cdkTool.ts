import { accessSync, constants, existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { SegmentationError } from "../../domain/errors.ts";

/** What a deployment needs beside the package, and only a deployment. */
export class CdkMissingError extends SegmentationError {
  constructor(missing: readonly string[], where: string) {
    const names = missing.length === 1 ? missing[0] : `${missing.slice(0, -1).join(", ")} and ${missing.at(-1)}`;
    super(
      "CDK_MISSING",
      `A deployment needs the AWS CDK, and ${names} ${missing.length === 1 ? "is" : "are"} not installed beside rfm-segmentation (${where}). Where rfm is installed in a folder: npm install aws-cdk aws-cdk-lib constructs; where it is installed for all (-g): npm install -g aws-cdk aws-cdk-lib constructs.`,
      { missing, where },
    );
  }
}

/** A program and what it is given before its own arguments. */
export interface CdkTool {
  readonly command: string;
  readonly before: readonly string[];
}

/** Packages that the CDK app imports. */
const LIBRARIES = ["aws-cdk-lib", "constructs"] as const;

/**
 * The CDK's command line: the one installed beside the app, else that of the working directory, else the one on the
 * path.
 * @param app file of the CDK app.
 * @throws CdkMissingError naming all that is missing.
 */
export function findCdkTool(app: string, folder: string, path = process.env.PATH ?? ""): CdkTool {
  const missing: string[] = LIBRARIES.filter((name) => resolved(app, `${name}/package.json`) === undefined);
  const script = resolved(app, "aws-cdk/bin/cdk") ?? resolved(join(folder, "any.js"), "aws-cdk/bin/cdk");
  const tool = script === undefined ? toolOnPath(path) : { command: process.execPath, before: [script] };
  if (tool === undefined) missing.unshift("aws-cdk");
  if (missing.length > 0 || tool === undefined) throw new CdkMissingError(missing, app);
  return tool;
}

/** The file that a package resolves to, seen from another file. */
function resolved(from: string, specifier: string): string | undefined {
  try {
    return createRequire(pathToFileURL(from)).resolve(specifier);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}

/** On Windows what lies on the path is a script of the shell; the program is in the modules beside it. */
function toolOnPath(path: string): CdkTool | undefined {
  const folders = path.split(delimiter).filter((folder) => folder !== "");
  if (process.platform === "win32") {
    const script = folders
      .map((folder) => join(folder, "node_modules/aws-cdk/bin/cdk"))
      .find((file) => existsSync(file));
    return script === undefined ? undefined : { command: process.execPath, before: [script] };
  }
  const command = folders.map((folder) => join(folder, "cdk")).find(isExecutable);
  return command === undefined ? undefined : { command, before: [] };
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us: another folder of the path may have it.
    return false;
  }
}
