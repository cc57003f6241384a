import type { NewsDelivery } from "../../../lib/local/notify/postNews.ts";
import { style as pc } from "../../terminal.ts";

/** What became of the message to the webhook, in a line. */
export function newsText({ host, attempts, failure }: NewsDelivery): string {
  const times =
    attempts === 1 ? "" : `, at the ${attempts === 2 ? "second" : attempts === 3 ? "third" : "fourth"} attempt`;
  if (failure === null) return `The headline was posted to ${host}${times}.`;
  const tried = attempts > 1 ? ` after ${attempts} attempts` : "";
  return `${pc.yellow("warning")} The headline could not be posted to ${host}${tried}: ${failure}. The run is published all the same. ${pc.dim("[WEBHOOK]")}`;
}

/** Tells it beside the report: a failure is a warning, which is printed in any case. */
export function tellOfNews(news: NewsDelivery, isQuiet: boolean): void {
  if (news.failure !== null || !isQuiet) process.stderr.write(`${newsText(news)}\n`);
}
