/// <reference lib="dom" />
import { linkTo, readPlace } from "./address.ts";
import { readyForPaper } from "./charts/chart.ts";
import { segmentColour } from "./charts/palette.ts";
import { type Child, h } from "./dom.ts";
import { data, filter, format, isDark, isNarrow, onChange, select, toggleTheme } from "./state.ts";

/** A part of the page: a heading, a line on what it answers, and cards. */
export interface Section {
  readonly id: string;
  readonly name: string;
  readonly lead: string;
  readonly content: readonly Child[];
}

/** What a phone shows at once; the rest unfolds. */
const UNFOLDED = 2;

/** The whole page: header, navigation, sections, and the bar that shows the filter. */
export function showPage(sections: readonly Section[]): void {
  const links = sections.map(({ id, name }) => h("a", { href: `#${id}` }, name));
  onChange(() => {
    for (const [i, link] of links.entries())
      link.setAttribute("href", linkTo({ section: sections[i]?.id ?? "", segment: filter() }));
  });
  const nav = h("nav", { "aria-label": "Sections" }, ...links);
  const main = h("main", { id: "top" }, ...sections.map(renderSection), footer());
  document.body.append(
    h("a", { class: "skip", href: "#overview" }, "Skip to the numbers"),
    h(
      "div",
      { class: "layout" },
      h("aside", {}, brand(), h("div", { class: "menu" }, nav), themeButton()),
      h("div", { class: "page" }, filterBar(), main),
    ),
  );
  followSections(sections, links);
  readyForPaper();
  addEventListener("hashchange", goToSection);
  goToSection();
}

/** A section whose heading folds it on a phone; on a wide screen and on paper it is always open. */
function renderSection({ id, name, lead, content }: Section, at: number): HTMLElement {
  const grid = h("div", { class: "grid", id: `content-${id}` }, ...content);
  const fold = h(
    "button",
    { type: "button", class: "fold", "aria-controls": grid.id, "aria-label": `Show or hide ${name}` },
    h("span", { "aria-hidden": "true" }, "▾"),
  );
  const section = h(
    "section",
    { id, "aria-labelledby": `heading-${id}`, class: at < UNFOLDED ? "" : "folded" },
    h("div", { class: "section-head" }, h("h2", { id: `heading-${id}` }, name), fold, h("p", {}, lead)),
    grid,
  );
  const show = (): void => fold.setAttribute("aria-expanded", String(!section.classList.contains("folded")));
  section.addEventListener("unfold", show);
  section.querySelector(".section-head")?.addEventListener("click", () => {
    if (!isNarrow()) return;
    section.classList.toggle("folded");
    show();
  });
  show();
  return section;
}

/** Unfolds and shows the section that the address names; the browser itself finds only addresses without a filter. */
function goToSection(): void {
  const section = document.getElementById(readPlace(location.hash).section);
  if (section === null) return;
  section.classList.remove("folded");
  section.dispatchEvent(new Event("unfold"));
  section.scrollIntoView();
}

function brand(): HTMLElement {
  const { shopName } = data.display;
  return h(
    "div",
    { class: "brand" },
    h("h1", {}, shopName === "" ? "Customer segments" : shopName),
    h("span", {}, `${shopName === "" ? "" : "Customer segments "}as of ${format.date(data.summary.snapshotDate)}`),
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
    "Run ",
    h("code", {}, runId),
    " · ",
    h("code", {}, `rfm-segmentation ${codeVersion}`),
    " · every figure on this page is computed from this run",
  );
}

/** Marks the section in view in the navigation, and keeps its link in sight. */
function followSections(sections: readonly Section[], links: readonly HTMLElement[]): void {
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const [i, link] of links.entries()) {
          if (sections[i]?.id !== target.id) link.removeAttribute("aria-current");
          else {
            link.setAttribute("aria-current", "true");
            const { parentElement: row } = link;
            if (row !== null) row.scrollLeft = link.offsetLeft - row.offsetLeft - 40;
          }
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
