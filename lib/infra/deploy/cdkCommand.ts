import type { Settings } from "../settings.ts";

/** What may be done with a deployment. */
export const CDK_ACTIONS = ["deploy", "synth", "diff", "bootstrap", "destroy"] as const;
export type CdkAction = (typeof CDK_ACTIONS)[number];

export interface CdkRequest {
  readonly action: CdkAction;
  /** Program and file of the CDK app. */
  readonly app: readonly string[];
  /** Settings beyond their defaults. */
  readonly settings: Readonly<Partial<Settings>>;
  /** Folder of the templates. */
  readonly output: string;
  /** Handed to the CDK as they are. */
  readonly more: readonly string[];
}

/** Actions on stacks mean all of them. */
const ARGUMENTS: Readonly<Record<CdkAction, readonly string[]>> = {
  deploy: ["deploy", "--all"],
  synth: ["synth", "--quiet"],
  diff: ["diff", "--all"],
  bootstrap: ["bootstrap"],
  destroy: ["destroy", "--all"],
};

/** Arguments of the CDK's command line. */
export function cdkArguments(
  { action, app, settings, output, more }: CdkRequest,
  platform = process.platform,
): string[] {
  const context = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // The CDK takes quotes around a whole argument away; the space at the end keeps ours.
  const command = `${app.map((word) => quoted(word, platform)).join(" ")} `;
  // As in the project's cdk.json: nothing is told to anybody, so the templates are the same.
  const silent = ["--no-notices", "--no-version-reporting"];
  return [...ARGUMENTS[action], ...silent, "--app", command, "--output", output, ...context, ...more];
}

/** A word for the shell in which the CDK starts the app. */
function quoted(word: string, platform: NodeJS.Platform): string {
  return platform === "win32" ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}

/** What the AWS SDK takes credentials from, as far as a look at the surroundings tells; a machine on AWS has others. */
export function mentionsCredentials(environment: NodeJS.ProcessEnv, fileExists: (path: string) => boolean): boolean {
  const names = [
    "AWS_ACCESS_KEY_ID",
    "AWS_PROFILE",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  ];
  if (names.some((name) => (environment[name] ?? "") !== "")) return true;
  const home = environment.HOME ?? environment.USERPROFILE ?? "";
  const files = [
    environment.AWS_SHARED_CREDENTIALS_FILE ?? `${home}/.aws/credentials`,
    environment.AWS_CONFIG_FILE ?? `${home}/.aws/config`,
  ];
  return files.some(fileExists);
}
