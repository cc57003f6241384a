import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { answerDeployment } from "../lib/aws/customResource.ts";
import { deployedDatabase } from "../lib/aws/segmentDatabase.ts";
import { stepHandler } from "../lib/aws/stepHandler.ts";

const database = deployedDatabase();

/** Custom resource: applies the migrations of this release while it is being deployed. */
export const handler = stepHandler((event: CloudFormationCustomResourceEvent) =>
  answerDeployment(event, () => database.migrate()),
);
