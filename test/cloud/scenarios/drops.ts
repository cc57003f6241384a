import { shopCsv } from "../../support/shop.ts";
import type { Scenario } from "../stage/scenario.ts";
import { expectSucceeded, type ShopFile } from "../stage/twin.ts";

/** A small shop whose orders no other seed has. */
export function shop(name: string, seed: number, lines = 1500): ShopFile {
  const text = shopCsv({ seed, customers: 250, lines }).replaceAll(/,(C?)(1\d{4}),/g, `,$1S${seed}-$2,`);
  return { name, text };
}

export const firstDrop: Scenario = { name: "first drop", run: ({ twin }) => twin.drop(shop("first.csv", 1)) };

export const secondDrop: Scenario = {
  name: "second drop: history, movements, stable ids",
  run: ({ twin }) => twin.drop(shop("second.csv", 2)),
};

export const sameAgain: Scenario = {
  name: "the same file again",
  run: ({ twin }) => twin.drop(shop("second.csv", 2)),
};

export const folderDrop: Scenario = {
  name: "a folder with _SUCCESS",
  run: async ({ cloud, twin }) => {
    const files = [shop("month/a.csv", 3), shop("month/b.csv", 4)];
    const known = await cloud.executions();
    for (const { name, text } of files) await cloud.put(`incoming/${name}`, text);
    const execution = await cloud.drop("incoming/month/_SUCCESS", "");
    const started = (await cloud.executions()).length - known.length;
    if (started !== 1) throw new Error(`${started} runs were started`);
    return twin.expectSame(execution, files, { folder: "month" });
  },
};

export const refusedDrop: Scenario = {
  name: "a drop that the quality gate refuses",
  run: async ({ cloud, twin }) => {
    const header = "customer_id,order_id,order_date,quantity,unit_price";
    const rows = Array.from({ length: 200 }, (_, i) => `,R${i},2024-01-0${1 + (i % 9)},${-1 - i},0`);
    const refused = await cloud.drop("incoming/bad.csv", `${header}\n${rows.join("\n")}\n`);
    if (refused.status !== "FAILED") throw new Error(`the run ${refused.status}`);
    const after = expectSucceeded(await cloud.start(JSON.stringify({ configKey: null, drop: { objects: [] } })));
    return `${refused.reason?.slice(0, 90)}; afterwards ${await twin.expectSameHistory(after)}`;
  },
};
