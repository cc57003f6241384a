import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { TaskHandlers } from "../../../lib/local/run/machine.ts";

export interface Bridge {
  readonly url: string;
  close(): Promise<void>;
}

/** Offers task handlers over HTTP on this machine: POST {state, input}, answered {result} or, as Lambda words it, {errorType, errorMessage}. */
export async function openBridge(handlers: TaskHandlers): Promise<Bridge> {
  const server = createServer(async (request, response) => {
    const { state, input } = JSON.parse(await text(request)) as { state: string; input: never };
    response.end(JSON.stringify(await answer(handlers, state, input)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.close();
      await once(server, "close");
    },
  };
}

async function answer(handlers: TaskHandlers, state: string, input: never): Promise<object> {
  const handler = handlers[state];
  if (handler === undefined) return { errorType: "NoSuchHandler", errorMessage: `Nothing answers for ${state}.` };
  try {
    return { result: (await handler(input)) ?? null };
  } catch (error) {
    const { name, message } = error as Error;
    return { errorType: name, errorMessage: message };
  }
}
