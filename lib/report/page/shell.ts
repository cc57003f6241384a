/// <reference lib="dom" />
import { keepChartsSized } from "./charts/chart.ts";
import { segmentColour } from "./charts/palette.ts";
import { type Child, h } from "./dom.ts";
import { data, filter, format, isDark, onChange, select, toggleTheme } from "./state.ts";

/** A part of the page: a heading, a line on what it answers, and cards. */
export interface Section {
  readonly id: string;
  readonly name: string;
  readonly lead: string;
  readonly content: readonly Child[];
}

/** The whole page: header, navigation, sections, and the bar that shows the filter. */
export function showPage(sections: readonly Section[]): void {
  const links = sections.map(({ id, name }) => h("a", { href: `#${id}` }, name));
  const nav = h("nav", { "aria-label": "Sections" }, ...links);
  const main = h("main", { id: "top" }, ...sections.map(renderSection), footer());
  document.body.append(
    h("a", { class: "skip", href: "#overview" }, "Skip to the numbers"),
    h(
      "div",
      { class: "layout" },
      h("aside", {}, brand(), nav, themeButton()),
      h("div", { class: "page" }, filterBar(), main),
    ),
  );
  followSections(sections, links);
  keepChartsSized();
}

const renderSection = ({ id, name, lead, content }: Section): HTMLElement =>
  h(
    "section",
    { id, "aria-labelledby": `heading-${id}` },
    h("div", { class: "section-head" }, h("h2", { id: `heading-${id}` }, name), h("p", {}, lead)),
    h("div", { class: "grid" }, ...content),
  );

function brand(): HTMLElement {
  return h(
    "div",
    { class: "brand" },
    h("strong", {}, "Customer segments"),
    h("span", {}, `as of ${format.date(data.summary.snapshotDate)}`),
  );
}

function themeButton(): HTMLElement {
  const button = h("button", { type: "button", class: "theme", click: toggleTheme });
  onChange(() => {
    button.textContent = isDark() ? "Light colours" : "Dark colours";
  });
  return button;
}

/** Which segment the page is narrowed to, always in sight, with the way back. */
function filterBar(): HTMLElement {
  const bar = h("div", { class: "filter-bar", role: "status", "aria-live": "polite" });
  onChange(() => {
    const segment = filter();
    bar.hidden = segment === null;
    bar.replaceChildren();
    if (segment === null) return;
    const size = data.summary.segments.find(({ name }) => name === segment)?.customers ?? 0;
    bar.append(
      h("span", {}, "Showing"),
      h(
        "button",
        { type: "button", class: "chip", title: `Clear the filter ${segment}`, click: () => select(null) },
        h("i", { style: `background:${segmentColour(segment)}` }),
        segment,
        h("span", { class: "chip-size" }, format.count(size)),
        h("span", { "aria-hidden": "true" }, "✕"),
      ),
    );
  });
  return bar;
}

function footer(): HTMLElement {
  const { runId, codeVersion } = data.summary;
  return h(
    "footer",
    {},
    `Run ${runId} · rfm-segmentation ${codeVersion} · every figure on this page is computed from this run`,
  );
}

/** Marks the section in view in the navigation. */
function followSections(sections: readonly Section[], links: readonly HTMLElement[]): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const [i, link] of links.entries()) {
          if (sections[i]?.id === target.id) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      }
    },
    { rootMargin: "-20% 0px -70% 0px" },
  );
  for (const { id } of sections) {
    const element = document.getElementById(id);
    if (element !== null) observer.observe(element);
  }
}
