/// <reference lib="dom" />
import { shellWord } from "../../domain/text/shellWord.ts";
import { h } from "./dom.ts";
import { data } from "./state.ts";

/** A command about this page's lake, as the reader's shell takes it; pasted anywhere it means the same. */
function commandText(words: readonly string[]): string {
  const { program = "rfm", lake, shell = "posix" } = data.commandLine ?? {};
  const place = lake === undefined ? [] : ["--lake", lake];
  return [program, ...[...words, ...place].map((word) => shellWord(word, shell))].join(" ");
}

/** A command to copy. */
export function commandBox(...words: readonly string[]): HTMLElement {
  const text = commandText(words);
  const copy = h(
    "button",
    { type: "button", class: "copy", "aria-label": `Copy: ${text}`, click: () => copyText(text, copy) },
    "Copy",
  );
  return h("div", { class: "command" }, h("code", {}, text), copy);
}

/** The audience of this very run; where the run was on AWS, the query that gives it there. */
export const exportCommand = (segment: string): HTMLElement =>
  data.commandLine === undefined
    ? commandBox("export", "--segment", segment, "--athena-sql")
    : commandBox("export", "--segment", segment, "--run", data.summary.runId);

function copyText(text: string, button: HTMLElement): void {
  // Pages opened from disk have no clipboard in some browsers; the text can be marked there.
  const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
  copied.then(
    () => showCopied(button, "Copied", text),
    () => showCopied(button, "Mark and copy", text),
  );
}

function showCopied(button: HTMLElement, word: string, text: string): void {
  label(button, word, text);
  setTimeout(() => label(button, "Copy", text), 2000);
}

/** What is read aloud begins with what is seen. */
function label(button: HTMLElement, word: string, text: string): void {
  button.textContent = word;
  button.setAttribute("aria-label", `${word}: ${text}`);
}
