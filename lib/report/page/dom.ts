/// <reference lib="dom" />
/// <reference lib="dom.iterable" />

/** Building elements. Text always goes in as text, so no name in the data can become markup. */

export type Child = Node | string | null | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | null | undefined | ((event: Event) => void)>>;

/** An element; attributes that are functions listen to the event of their name, false and null leave one out. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else if (name === "style") element.style.cssText = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A drawing of SVG elements, for small pictures beside numbers. */
export function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: Node[]
): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/** A line of a few values without axes, in 100 × 28 units. */
export function sparkline(values: readonly number[]): Node | null {
  if (values.length < 2) return null;
  const highest = Math.max(...values);
  const lowest = Math.min(0, ...values);
  const range = highest - lowest || 1;
  const points = values.map((value, i) => {
    const x = (i * 100) / (values.length - 1);
    return `${x.toFixed(1)},${(26 - ((value - lowest) / range) * 24).toFixed(1)}`;
  });
  return svg(
    "svg",
    { viewBox: "0 0 100 28", preserveAspectRatio: "none", class: "spark", "aria-hidden": "true" },
    svg("polygon", { points: `0,28 ${points.join(" ")} 100,28`, class: "spark-area" }),
    svg("polyline", { points: points.join(" "), class: "spark-line", "vector-effect": "non-scaling-stroke" }),
  );
}

/** Buttons of which one is pressed. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  current: T,
  onChoose: (value: T) => void,
): HTMLElement {
  const buttons = options.map(([value, text]) =>
    h(
      "button",
      {
        type: "button",
        "aria-pressed": String(value === current),
        click: () => {
          for (const [i, button] of buttons.entries())
            button.setAttribute("aria-pressed", String(options[i]?.[0] === value));
          onChoose(value);
        },
      },
      text,
    ),
  );
  return h("div", { class: "choice", role: "group", "aria-label": label }, ...buttons);
}

/** What only those want to know who check the method: folded, in its own words. */
export function technical(what: string, ...content: readonly Child[]): HTMLElement {
  return h("details", { class: "technical" }, h("summary", {}, what), ...content);
}
