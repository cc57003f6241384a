import { createRandom, type Random, randomInteger } from "../../lib/domain/clustering/fit/random.ts";
import { serveLake } from "../../test/api/support.ts";
import type { Part } from "./part.ts";

const BATCH = 100;
const pick = <T>(random: Random, list: readonly T[]): T => list[randomInteger(random, list.length)] as T;

const TEXTS = [
  "K0001",
  "nobody",
  "",
  "%00",
  "%ff",
  "../..",
  "' or 1=1 --",
  "Champions",
  "é",
  "x".repeat(5_000),
  "-1",
  "1e9",
  "NaN",
];
const text = (random: Random): string => encodeURIComponent(pick(random, TEXTS));
const ROUTES: readonly ((random: Random) => string)[] = [
  () => "/segments",
  () => "/runs",
  () => "/model",
  () => "/models",
  (random) => `/customers/${text(random)}`,
  (random) => `/customers/K${String(randomInteger(random, 400)).padStart(4, "0")}`,
  (random) => `/segments/${text(random)}/customers?limit=${pick(random, TEXTS)}&cursor=${text(random)}`,
  (random) => `/segments/Champions/customers?limit=${1 + randomInteger(random, 50)}`,
  (random) => `/score-jobs/${text(random)}`,
  (random) => `/${text(random)}`,
];
const BODIES = [
  "",
  "{",
  "[]",
  "null",
  '{"customer_ids":["K0001"]}',
  '{"dataframe_records":[{"recency":1,"frequency":2,"monetary":3}]}',
  "\u0000",
  `{"a":${"[".repeat(2_000)}`,
];

/** Requests of all kinds while run after run is published: no 5xx, no half answer, counts of one run only. */
export const requests: Part = {
  name: "API requests",
  tries: { quick: 500, full: 10_000 },
  batch: BATCH,
  async open() {
    const lake = await serveLake();
    const files = [lake.shop("a.csv", 1), lake.shop("b.csv", 2)];
    const customers = new Map<string, number>();
    const note = async (): Promise<void> => {
      const { runs } = (await (await lake.request("/runs")).json()) as {
        runs: { run_id: string; customers: number }[];
      };
      for (const run of runs) customers.set(run.run_id, run.customers);
    };
    await lake.run([files[0] as string]);
    await note();
    let isOpen = true;
    let publications = 0;
    const publishing = (async () => {
      for (let i = 1; isOpen; i++) {
        await lake.run([files[i % 2] as string]);
        publications += 1;
      }
    })();
    const ask = async (number: number): Promise<string | undefined> => {
      const random = createRandom(number);
      const isPost = random() < 0.2;
      const path = isPost
        ? pick(random, ["/invocations", "/customers:batchGet", "/score-jobs"])
        : pick(random, ROUTES)(random);
      const response = isPost ? await lake.post(path, pick(random, BODIES)) : await lake.request(path);
      const body = await response.text();
      const told = `${isPost ? "POST" : "GET"} ${path.slice(0, 80)}: ${response.status}`;
      if (response.status >= 500) return `${told} ${body.slice(0, 200)}`;
      if (path !== "/segments") return undefined;
      const { run_id, segments } = JSON.parse(body) as { run_id: string; segments: { customers: number }[] };
      if (!customers.has(run_id)) await note();
      const sum = segments.reduce((total, one) => total + one.customers, 0);
      return sum === customers.get(run_id) ? undefined : `${told}: ${sum} customers of ${customers.get(run_id)}`;
    };
    return {
      async attempt(number) {
        const wrong = await Promise.all(Array.from({ length: BATCH }, (_, i) => ask(number + i)));
        return wrong.find((one) => one !== undefined);
      },
      async close() {
        isOpen = false;
        await publishing;
        process.stderr.write(`(${publications} runs were published meanwhile)\n`);
        await lake.close();
      },
    };
  },
};
