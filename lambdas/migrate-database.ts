import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { deployedDatabase } from "../lib/aws/database/deployedDatabase.ts";
import { answerDeployment } from "../lib/aws/functions/customResource.ts";
import { stepHandler } from "../lib/aws/functions/stepHandler.ts";

const database = deployedDatabase();

/** Custom resource: applies the migrations of this release while it is being deployed. */
export const handler = stepHandler((event: CloudFormationCustomResourceEvent) =>
  answerDeployment(event, () => database.migrate()),
);
