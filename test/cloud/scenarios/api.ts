import type { Scenario, Stage } from "../stage/scenario.ts";
import { type Answer, type SignedRequest, signedRequest } from "../stage/signedRequest.ts";

const JSON_TYPE = { "content-type": "application/json" };

/** Asks the deployed API by the address that ministack gives a stage. */
export function ask({ box, cloud }: Stage, method: string, path: string, more: Partial<SignedRequest> = {}): Answer {
  const outputs = cloud.deployment.outputs[`Rfm-${cloud.deployment.environment}-Api`] ?? {};
  const id = /:(\w+)\/v1\//.exec(outputs.InvokeArn ?? "")?.[1];
  const headers = { ...JSON_TYPE, ...more.headers };
  return signedRequest(box, {
    service: "execute-api",
    path: `/_aws/execute-api/${id}/v1${path}`,
    method,
    ...more,
    headers,
  });
}

function expectStatus(answer: Answer, status: number, what: string): unknown {
  if (answer.status !== status) throw new Error(`${what} answered ${answer.status}: ${answer.text.slice(0, 300)}`);
  return answer.text === "" ? undefined : JSON.parse(answer.text);
}

/** Every customer of the current run, one by one from the API's pages, against the local engine. */
async function compareCustomers(stage: Stage): Promise<number> {
  const expected = new Map(
    stage.twin.segments().map((row) => [row.customer_id, `${row.cluster_id} ${row.rfm_segment}`]),
  );
  const { segments } = expectStatus(ask(stage, "GET", "/segments"), 200, "/segments") as {
    segments: { name: string }[];
  };
  let seen = 0;
  for (const { name } of segments) {
    let cursor: string | null = null;
    do {
      const next = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const path = `/segments/${encodeURIComponent(name)}/customers?limit=1000${next}`;
      const page = expectStatus(ask(stage, "GET", path), 200, path) as {
        customers: { customer_id: string; cluster: number; segment: string }[];
        next_cursor?: string | null;
      };
      for (const { customer_id, cluster, segment } of page.customers) {
        const said = `${cluster} ${segment}`;
        if (expected.get(customer_id) !== said)
          throw new Error(`${customer_id} is ${said}, locally ${expected.get(customer_id)}`);
        seen++;
      }
      cursor = page.next_cursor ?? null;
    } while (cursor !== null);
  }
  if (seen !== expected.size) throw new Error(`the API lists ${seen} customers, the local engine has ${expected.size}`);
  return seen;
}

export const readingByApi: Scenario = {
  name: "API: /ping, /segments and their customers, /customers/{id}",
  run: async (stage) => {
    expectStatus(ask(stage, "GET", "/ping"), 200, "/ping");
    const customers = await compareCustomers(stage);
    const id = stage.twin.segments()[0]?.customer_id;
    const one = expectStatus(ask(stage, "GET", `/customers/${id}`), 200, "/customers") as { history: unknown[] };
    expectStatus(ask(stage, "GET", "/customers/nobody-of-this-name"), 404, "/customers of nobody");
    return `${customers} customers as the local engine has them; ${one.history.length} runs of ${id}`;
  },
};

export const scoringByApi: Scenario = {
  name: "API: /invocations, and wrong bodies",
  run: async (stage) => {
    const body = JSON.stringify({ recency: 5, frequency: 12, monetary: 400 });
    expectStatus(ask(stage, "POST", "/invocations", { body }), 200, "/invocations");
    const csv = ask(stage, "POST", "/invocations", { body: "c1,5,12,400\n", headers: { "content-type": "text/csv" } });
    if (csv.status !== 200 || !csv.text.includes("\nc1,")) throw new Error(`CSV answered ${csv.status}: ${csv.text}`);
    const wrong = ["{", '{"recency":-1,"frequency":12,"monetary":400}', '{"recency":"x"}', "[]"];
    const statuses = wrong.map((text) => ask(stage, "POST", "/invocations", { body: text }).status);
    if (statuses.some((status) => status < 400 || status >= 500))
      throw new Error(`wrong bodies: ${statuses.join(", ")}`);
    return `JSON and CSV scored; ${wrong.length} wrong bodies answered ${statuses.join(", ")}`;
  },
};
