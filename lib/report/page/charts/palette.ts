import { data, isDark } from "../state.ts";

/**
 * Colours: one per segment and per cluster all over the page. Segments run from blue (valuable) over amber (cooling)
 * and red (valuable and lapsed) to grey (gone); neighbours differ in lightness as well, for eyes that mix up hues.
 */
const SEGMENTS = [
  ["#08519c", "#3f8fd9"],
  ["#2a73b4", "#6db3ee"],
  ["#5fa8d3", "#9ccdec"],
  ["#1b9e8a", "#2fb8a2"],
  ["#7cc4a4", "#a3dcc2"],
  ["#e3b341", "#edc55d"],
  ["#d98b2b", "#e39c45"],
  ["#bf523a", "#e07a61"],
  ["#8c2d5a", "#c4649a"],
  ["#9aa5b1", "#8792a0"],
  ["#66707d", "#5f6b7a"],
] as const;

/** After Okabe and Ito's set for colour-blind readers, deepened for white paper. */
const CLUSTERS = [
  ["#0072b2", "#56a8dc"],
  ["#bd5600", "#ee8a3d"],
  ["#009e73", "#34c19a"],
  ["#aa5594", "#da8cc3"],
  ["#c79300", "#e6b93a"],
  ["#5b6cc2", "#8f9cea"],
  ["#7a5c3e", "#b3906d"],
  ["#4d8f9c", "#7fc2cf"],
  ["#9c3d3d", "#d67878"],
  ["#6b7280", "#9ca3af"],
] as const;

const pick = (colours: readonly (readonly [string, string])[], index: number): string =>
  (colours[index % colours.length] as readonly [string, string])[isDark() ? 1 : 0];

export const segmentColour = (name: string): string =>
  data.segmentColours[name]?.colour ?? pick(SEGMENTS, data.segmentColours[name]?.place ?? 0);
export const clusterColour = (id: number): string => pick(CLUSTERS, id);

/** Ink that can be read on a colour (WCAG relative luminance). */
export function inkOn(colour: string): string {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  const luminance = 0.2126 * r + 0.7152 * g + 0.0722 * b;
  return (luminance + 0.05) / (0.0109 + 0.05) > 1.05 / (luminance + 0.05) ? "#101820" : "#ffffff";
}

/** Colours of the page's own parts, as the style sheet has them. */
export function theme() {
  return isDark()
    ? { ink: "#e8edf3", muted: "#9fadbb", line: "#2a3543", card: "#161d26", accent: "#6db3ee", soft: "#223246" }
    : { ink: "#16202c", muted: "#586575", line: "#e3e8ee", card: "#ffffff", accent: "#0b5fa5", soft: "#dbe8f4" };
}

/** From next to nothing to much, for heat maps. */
export const heat = (): string[] =>
  isDark()
    ? ["#1b2631", "#1d3c57", "#23608c", "#3f8fd0", "#9ccdf4"]
    : ["#f1f6fb", "#cfe3f4", "#93c1e4", "#4690c9", "#0b4f8c"];

/** Ink on a cell of a heat map, 0..1, whose colour lies between two of the map's. */
export function inkOnHeat(share: number): string {
  const colours = heat();
  const place = Math.max(0, Math.min(1, share)) * (colours.length - 1);
  const [low, high] = [Math.floor(place), Math.ceil(place)].map((i) => colours[i] as string) as [string, string];
  const mixed = [1, 3, 5].map((at) => {
    const [from, to] = [low, high].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16)) as [number, number];
    return Math.round(from + (to - from) * (place % 1))
      .toString(16)
      .padStart(2, "0");
  });
  return inkOn(`#${mixed.join("")}`);
}

/** Better and worse, in blue and orange: the pair that all readers tell apart. */
export const better = (): string => (isDark() ? "#6db3ee" : "#0b5fa5");
export const worse = (): string => (isDark() ? "#ee8a3d" : "#c2560a");
