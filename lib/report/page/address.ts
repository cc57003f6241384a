/// <reference lib="dom" />

/**
 * `#trends?segment=At%20Risk`: the section in sight and the filter. They stand in the fragment, the one part of an
 * address that no server sees and that a page from disk or behind a signed link may change.
 */
export interface Place {
  readonly section: string;
  readonly segment: string | null;
}

export function readPlace(fragment: string): Place {
  const text = fragment.replace(/^#/, "");
  const at = text.indexOf("?");
  const section = at < 0 ? text : text.slice(0, at);
  return { section, segment: at < 0 ? null : new URLSearchParams(text.slice(at + 1)).get("segment") };
}

/** As the address of the page itself: a mere fragment with a filter in it names no element to whoever looks for one. */
export const linkTo = (place: Place): string => `${location.href.replace(/#.*$/, "")}${fragmentOf(place)}`;

export const fragmentOf = ({ section, segment }: Place): string =>
  segment === null
    ? `#${section}`
    : `#${section}?${new URLSearchParams({ segment }).toString().replaceAll("+", "%20")}`;

/** Puts a place into the address, so that it can be shared and the way back leads out of the filter. */
export function showPlace(place: Place): void {
  const fragment = fragmentOf(place);
  if (fragment === location.hash || (fragment === "#" && location.hash === "")) return;
  try {
    history.pushState(null, "", fragment);
  } catch (error) {
    // A page inside of another document may have no address of its own.
    if (!(error instanceof DOMException)) throw error;
  }
}
