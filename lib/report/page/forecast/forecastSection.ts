import { checkSentence } from "../../../domain/dashboard/analysisTitles.ts";
import { h } from "../dom.ts";
import type { Section } from "../shell.ts";
import { data, format, tellsWhoLeft } from "../state.ts";
import { discounted, expectedValueCard } from "./expectedValue.ts";
import { trackingCard } from "./tracking.ts";
import { aliveMapCard, worthACallCard } from "./worthACall.ts";

/** What the customers are expected to do, and whether that came true when it was tried on the past. */
export function forecastSection(): Section {
  const { forecast } = data.summary;
  const isThere = forecast != null && forecast.reason === null;
  return {
    id: "forecast",
    name: "Forecast",
    lead: isThere
      ? `Expected orders and value of the next ${format.count(90)} days, from how often each customer orders and how long it has been away${discounted()}.`
      : format.retold(forecast?.reason ?? "No forecast was asked for."),
    content: isThere
      ? [
          ...[expectedValueCard(), trackingCard(), worthACallCard()],
          // Where nobody is seen to leave, a map of who has left would be empty; the note says so.
          ...(tellsWhoLeft() ? [aliveMapCard()] : []),
          checkNote(),
        ]
      : [],
  };
}

/** Plainly, whether the forecast did better than two that need no model. */
function checkNote(): HTMLElement {
  const check = data.summary.forecast?.check;
  const warnings = data.summary.forecast?.warnings ?? [];
  const notes = [...winBackNote(), ...(check == null ? [] : [checkSentence(check, format)])];
  return h(
    "div",
    { class: "card span-12 prose" },
    ...[...notes, ...warnings.map(format.retold)].map((text) => h("p", {}, text)),
  );
}

/** Segments that the sentence names. */
const MOST_SEGMENTS = 3;

/** What winning back would bring, of the segments where that is most and can be told with its interval. */
function winBackNote(): string[] {
  const told = (data.summary.forecast?.winBack ?? []).flatMap(({ segment, value, valueLow: low, valueHigh: high }) =>
    low === null || high === null
      ? []
      : `${segment} ${format.money(value)} (${format.money(low)} to ${format.money(high)})`,
  );
  if (told.length === 0) return [];
  return [
    `If one in ten of those who have left were won back, they would bring in ${format.count(90)} days, with ${format.share(0.9)} intervals: ${told.slice(0, MOST_SEGMENTS).join(", ")}.`,
  ];
}
