/** Shapes and colours of the picture of the flow. */

type Kind = "lambda" | "athena" | "choice" | "service" | "pass" | "succeed" | "fail" | "parallel";

const KIND_NAMES: Readonly<Record<Kind, string>> = {
  lambda: "Lambda",
  athena: "Athena",
  choice: "Choice",
  service: "Notification",
  pass: "Pass",
  succeed: "Succeed",
  fail: "Fail",
  parallel: "Parallel",
};

/** Colours by kind: on a light page, and on a dark one. */
const COLOURS: Readonly<Record<Kind, readonly [light: string, dark: string]>> = {
  lambda: ["#c2560c", "#f0934e"],
  athena: ["#6d3fc0", "#ab8bf2"],
  choice: ["#0b7285", "#4cc2d4"],
  service: ["#a61e6b", "#ec7dbd"],
  pass: ["#5c6672", "#9aa5b1"],
  succeed: ["#23803c", "#5fcf80"],
  fail: ["#c0262d", "#ff7b78"],
  parallel: ["#5c6672", "#9aa5b1"],
};

const colourRules = (index: 0 | 1): string =>
  Object.entries(COLOURS)
    .map(([kind, pair]) => `.${kind}{--kind:${pair[index]}}`)
    .join("");

const LIGHT = `svg{--page:#ffffff;--rim:#d9dee4;--box:#f7f8fa;--child:#ffffff;--ink:#1c2430;--soft:#5b6673;--edge:#7b8794;--panel:#fdf3f3;--failing:#b3222a}${colourRules(0)}`;
const DARK = `svg{--page:#12161c;--rim:#2c343f;--box:#1c222b;--child:#12161c;--ink:#e8edf3;--soft:#9aa6b4;--edge:#76828f;--panel:#241719;--failing:#ff8f8b}${colourRules(1)}`;

const tip = (kind: string, colour: string): string =>
  `<marker id="${kind}-tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">` +
  `<path d="M0 0.6L7.4 4L0 7.4Z" style="fill:var(${colour})"/></marker>`;

/** Distance between the rows of children inside a card. */
export const CHILD_PITCH = 30;

export const STYLE = [
  `<style>${LIGHT}@media (prefers-color-scheme:dark){${DARK}}`,
  'text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--ink)}',
  ".page{fill:var(--page);stroke:var(--rim)}.panel{fill:var(--panel);stroke:var(--failing);stroke-opacity:.35}",
  ".box{fill:var(--box);stroke:var(--kind);stroke-width:1.4}.back{fill:var(--box);stroke:var(--kind);stroke-opacity:.5}",
  ".bar{fill:var(--kind)}.child{fill:var(--child);stroke:var(--kind);stroke-opacity:.55}",
  ".name{font-size:13px;font-weight:600}.kind{font-size:11px;font-weight:600;fill:var(--kind)}.small{font-size:11.5px}",
  ".times{font-size:11.5px;font-weight:600;fill:var(--kind)}.note{font-size:11.5px;fill:var(--soft)}.heading{font-size:13px;font-weight:600}",
  ".failing{fill:var(--failing)}path.edge,path.skip,path.error{fill:none;stroke:var(--edge);stroke-width:1.6;stroke-linejoin:round}",
  "path.skip{stroke-dasharray:5 4}path.error{stroke:var(--failing)}</style>",
  `<defs>${tip("edge", "--edge")}${tip("skip", "--edge")}${tip("error", "--failing")}</defs>`,
].join("\n");

export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}

function kindOf(state: FlowState): Kind {
  const child = state.ItemProcessor?.States[state.ItemProcessor.StartAt];
  if (child) return kindOf(child);
  if (state.Type !== "Task") return state.Type.toLowerCase() as Kind;
  if (state.Resource?.includes(":athena:")) return "athena";
  return state.Resource?.includes("FunctionArn") ? "lambda" : "service";
}

/**
 * One state: a card with its kind, or a stack of cards with the child of a Map, or a card with a Parallel's branches.
 */
export function drawBox(box: PlacedBox): string {
  const { name, state, x, width, height } = box;
  const top = box.y - height / 2;
  const kind = kindOf(state);
  const children = childrenOf(state);
  const label = labelOf(state, kind);
  return [
    `<g class="${kind}"><title>${escapeText(state.Comment ?? name)}</title>`,
    ...(state.ItemProcessor
      ? [card("back", x + 6, top + 6, width, height), card("back", x + 3, top + 3, width, height)]
      : []),
    state.Type === "Choice" ? hexagon(x, top, width, height) : card("box", x, top, width, height),
    state.Type === "Choice"
      ? ""
      : `<rect class="bar" x="${x}" y="${top + 10}" width="4" height="${height - 20}" rx="2"/>`,
    `<text class="name" x="${x + 17}" y="${top + 25}">${escapeText(name)}</text>`,
    `<text class="kind" x="${x + 17}" y="${top + 42}">${escapeText(label)}</text>`,
    ...children.map((child, i) => drawChild(child, box, top + 51 + i * CHILD_PITCH)),
    "</g>",
  ].join("");
}

interface Child {
  readonly name: string;
  readonly state: FlowState;
  /** Comes after another state of the same branch. */
  readonly follows: boolean;
}

/** What is shown inside a state: the child of a Map (counted by the Map's own items), or the states of each branch. */
export function childrenOf(state: FlowState): Child[] {
  if (state.ItemProcessor) return [{ name: state.ItemProcessor.StartAt, state, follows: false }];
  return (state.Branches ?? []).flatMap((branch) => {
    const children: Child[] = [];
    for (let name: string | undefined = branch.StartAt; name !== undefined && children.length < 9; ) {
      const child = branch.States[name] as FlowState;
      children.push({ name, state: child, follows: children.length > 0 });
      name = child.Next;
    }
    return children;
  });
}

function labelOf(state: FlowState, kind: Kind): string {
  if (state.ItemProcessor) return `Map of ${KIND_NAMES[kind]} tasks`;
  const variable = state.Choices?.[0]?.Variable;
  return variable === undefined ? KIND_NAMES[kind] : `${KIND_NAMES[kind]} on ${variable.replace(/^\$\./, "")}`;
}

function drawChild({ name, state, follows }: Child, box: PlacedBox, top: number): string {
  const [x, width] = [box.x + 14 + (follows ? 16 : 0), box.width - 28 - (follows ? 16 : 0)];
  const hook = follows ? `<path class="edge" d="M${x - 8} ${top - 7}V${top + 11}H${x - 1}"/>` : "";
  return (
    `<g class="${kindOf(state)}">${hook}<rect class="child" x="${x}" y="${top}" width="${width}" height="23" rx="5"/>` +
    `<text class="small" x="${x + 8}" y="${top + 16}">${escapeText(name)}</text>` +
    `<text class="times" x="${x + width - 8}" y="${top + 16}" text-anchor="end">${escapeText(timesOf(state))}</text></g>`
  );
}

/** "× shards" of a Map over `$.plan.shards`; "× n" of one over a list of statements. */
function timesOf(state: FlowState): string {
  if (state.ItemsPath === undefined) return "";
  return state.ItemsPath.endsWith(".shards") ? "× shards" : "× n";
}

const card = (kind: string, x: number, y: number, width: number, height: number, radius = 8): string =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}"/>`;

function hexagon(x: number, y: number, width: number, height: number): string {
  const middle = y + height / 2;
  const corners = [
    [x, middle],
    [x + 12, y],
    [x + width - 12, y],
    [x + width, middle],
    [x + width - 12, y + height],
    [x + 12, y + height],
  ];
  return `<polygon class="box" points="${corners.map((corner) => corner.join(",")).join(" ")}"/>`;
}

/** One entry per kind of state that does something, from left to right. */
export function drawLegend(x: number, y: number): string {
  const kinds: readonly Kind[] = ["lambda", "athena", "choice", "service"];
  const entries = kinds.map((kind, i) => {
    const at = x + i * 104;
    return `<g class="${kind}"><rect class="bar" x="${at}" y="${y - 9}" width="12" height="12" rx="3"/><text class="small" x="${at + 19}" y="${y + 1}">${KIND_NAMES[kind]}</text></g>`;
  });
  const at = x + kinds.length * 104 + 14;
  const stack = `<g class="pass">${card("back", at + 4, y - 7, 17, 11, 3)}${card("box", at, y - 11, 17, 11, 3)}<text class="small" x="${at + 28}" y="${y + 1}">Map: a task per item, side by side</text></g>`;
  return [...entries, stack].join("");
}

export interface FlowState {
  readonly Type: string;
  readonly Comment?: string;
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly ChoiceRule[];
  readonly Catch?: readonly { readonly Next: string }[];
  readonly ItemsPath?: string;
  readonly ItemProcessor?: FlowMachine;
  readonly Branches?: readonly FlowMachine[];
}

export interface FlowMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, FlowState>>;
}

export interface PlacedBox {
  readonly name: string;
  readonly state: FlowState;
  readonly x: number;
  /** Vertical centre. */
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ChoiceRule {
  readonly Variable?: string;
  readonly BooleanEquals?: boolean;
  readonly StringEquals?: string;
  readonly Next: string;
}
