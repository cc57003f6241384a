/** Letters that are another one with a mark, where Unicode does not take them apart. */
export const PLAIN_LETTERS: Readonly<Record<string, string>> = { ł: "l", ø: "o", æ: "ae", ß: "ss", đ: "d", ı: "i" };

const MARKED = new RegExp(`[${Object.keys(PLAIN_LETTERS).join("")}]`, "gu");

/** A text in lower case and without the marks of its letters: `Übergrößen` → `ubergrossen`. */
export const withoutMarks = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(MARKED, (letter) => PLAIN_LETTERS[letter] ?? letter);
