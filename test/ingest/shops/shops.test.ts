import { afterAll, expect, it } from "vitest";
import { effort } from "../../support/effort.ts";
import { openWorkbench } from "../helpers.ts";
import { type Judged, judgeShop } from "./judgeShops.ts";

const bench = openWorkbench();
afterAll(() => bench.close());

const RENDERINGS = effort(300, 20_000);

it(`a shop in ${RENDERINGS} layouts has its own R, F and M, or is asked about`, async () => {
  const judged: Judged[] = [];
  for (let seed = 0; seed < RENDERINGS; seed++) judged.push(await judgeShop(String(seed), bench));
  const wrong = judged.filter(({ verdict }) => verdict === "wrong");
  expect(wrong.map(({ seed, why, layout }) => ({ seed, why, layout }))).toEqual([]);
  // Whoever asks about everything is never wrong.
  const right = judged.filter(({ verdict }) => verdict === "right").length;
  expect(right).toBeGreaterThan(0.35 * RENDERINGS);
}, 3_600_000);
