// What Lambda's runtime does: loads a bundle, calls its handler with an event and a context, reports the answer or the error.
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";

const context = {
  functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
  functionVersion: "$LATEST",
  invokedFunctionArn: `arn:aws:lambda:us-east-1:123456789012:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}`,
  memoryLimitInMB: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
  awsRequestId: "11111111-2222-3333-4444-555555555555",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 60_000,
};

async function answer() {
  const event = JSON.parse(await text(process.stdin));
  try {
    const { handler } = await import(pathToFileURL(process.argv[2]).href);
    return { result: await handler(event, context) };
  } catch (error) {
    return { errorType: error.name, errorMessage: error.message };
  }
}

process.stdout.write(`\nANSWER ${JSON.stringify(await answer())}\n`, () => process.exit(0));
