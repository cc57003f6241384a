import type { Scenario, Stage } from "../stage/scenario.ts";
import { signedRequest } from "../stage/signedRequest.ts";
import { shop } from "./drops.ts";

/** A role of the templates, by a part of its name, and an action that a run needs of it. */
const TAKEN: readonly { readonly role: string; readonly action: string }[] = [
  { role: "FunctionsingestRole", action: "s3:GetObject" },
  { role: "Workflow-WorkflowRole", action: "lambda:InvokeFunction" },
  { role: "Workflow-WorkflowRole", action: "athena:StartQueryExecution" },
  { role: "Workflow-WorkflowRole", action: "glue:GetTable" },
  { role: "FunctionscheckqualityRole", action: "s3:GetObject" },
  { role: "FunctionsplanrunRole", action: "s3:PutObject" },
  { role: "FunctionsplanclusteringRole", action: "kms:GenerateDataKey" },
  { role: "FunctionsfitshardRole", action: "s3:GetObject" },
  { role: "FunctionsselectmodelRole", action: "kms:Decrypt" },
  { role: "FunctionsscoreshardRole", action: "s3:PutObject" },
  { role: "FunctionspublishreportRole", action: "s3:PutObject" },
  { role: "FunctionsloadsegmentsRole", action: "rds-data:ExecuteStatement" },
  { role: "DatabaseImportRole", action: "s3:GetObject" },
  { role: "FunctionspublishrunRole", action: "s3:PutObject" },
];

function iam({ box }: Stage, parameters: Readonly<Record<string, string>>): string {
  const body = new URLSearchParams({ Version: "2010-05-08", ...parameters }).toString();
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const { status, text } = signedRequest(box, { service: "iam", path: "/", method: "POST", headers, body });
  if (status !== 200) throw new Error(`IAM answered ${status}: ${text.slice(0, 300)}`);
  return text;
}

/** Full name of the deployment's role. @throws Error where the templates have none of this name. */
function roleNamed(stage: Stage, part: string): string {
  const names = [...iam(stage, { Action: "ListRoles", MaxItems: "1000" }).matchAll(/<RoleName>([^<]+)</g)].map(
    ([, name]) => name as string,
  );
  const found = names.find(
    (name) => name.startsWith(`Rfm-${stage.cloud.deployment.environment}-`) && name.includes(part),
  );
  if (found === undefined) throw new Error(`no role has ${part} in its name: ${names.join(", ")}`);
  return found;
}

/** The judge bites: without one action of one role the run fails, and the journal says whose action was missing. */
export const takenActions: Scenario[] = TAKEN.map(({ role, action }, i) => ({
  name: `without ${action} of ${role} the run fails`,
  run: async (stage) => {
    const { box, cloud } = stage;
    const name = roleNamed(stage, role);
    const document = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: action, Resource: "*" }] };
    const policy = { RoleName: name, PolicyName: "box-takes-away" };
    const since = box.control.journal().length;
    iam(stage, { Action: "PutRolePolicy", ...policy, PolicyDocument: JSON.stringify(document) });
    try {
      const { name: file, text } = shop(`role-${i}.csv`, 70 + i, 250);
      const execution = await cloud.drop(`incoming/${file}`, text);
      const denied = box.control.journal(since).filter(({ kind, error }) => kind === "denied" && error?.includes(name));
      if (execution.status !== "FAILED") throw new Error(`the run ${execution.status}`);
      if (!denied.some((entry) => entry.name === action))
        throw new Error(
          `it failed otherwise: ${execution.reason?.slice(0, 300)}; denied: ${JSON.stringify(denied[0])}`,
        );
      return `${execution.reason?.slice(0, 80)}`;
    } finally {
      iam(stage, { Action: "DeleteRolePolicy", ...policy });
    }
  },
}));
