import { unpack } from "../../lib/domain/dashboard/pack.ts";
import type { DashboardData } from "../../lib/domain/dashboard/types.ts";

/** The data that a dashboard carries. */
export function dataOf(html: string): DashboardData {
  const [, json] = /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(html) ?? [];
  return unpack(JSON.parse(json ?? "null")) as DashboardData;
}
