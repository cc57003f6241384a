/** What a character is, as far as its neighbours go. */
export type Kind =
  | "bad"
  | "small"
  | "capital"
  | "caseless"
  | "mark"
  | "digit"
  | "blank"
  | "apostrophe"
  | "currency"
  | "opening"
  | "closing"
  | "sign";

export function kindOf(char: string): Kind {
  if (/[\p{Cc}\p{Co}\ufffd]/u.test(char)) return "bad";
  if (/\p{M}/u.test(char)) return "mark";
  if (/\p{Lu}/u.test(char)) return "capital";
  if (/\p{Ll}/u.test(char)) return "small";
  if (/\p{L}/u.test(char) && char !== "º" && char !== "ª") return "caseless";
  if (/[“„«‹‘¿¡]/u.test(char)) return "opening";
  if (/[”»›…®™°²³º]/u.test(char)) return "closing";
  if (/[€£¥¢₪₫]/u.test(char)) return "currency";
  if (char === "’") return "apostrophe";
  return char === "\u00a0" ? "blank" : "sign";
}

/** A character beyond ASCII in a script. */
export interface Place {
  readonly kind: Kind;
  readonly isLatin: boolean;
}

/** A character beside it, ASCII or not. */
export interface Neighbour {
  readonly kind: Kind;
  readonly isAscii: boolean;
}

const ASCII_NEIGHBOURS: readonly Neighbour[] = Array.from({ length: 128 }, (_, code): Neighbour => {
  const char = String.fromCharCode(code);
  const kind = /[a-z]/.test(char) ? "small" : /[A-Z]/.test(char) ? "capital" : /\d/.test(char) ? "digit" : "sign";
  return { kind, isAscii: true };
});

/** The neighbour that each byte is, where those from 0x80 on are of these kinds. */
export const neighboursOf = (kinds: readonly Kind[]): readonly Neighbour[] => [
  ...ASCII_NEIGHBOURS,
  ...kinds.map((kind) => ({ kind, isAscii: false })),
];

/** What stands beside what, as natural logarithms: hardly ever, or now and then. */
export const BESIDE = {
  digit: -4,
  capitalAfterSmall: -6,
  smallBeforeCapital: -3,
  capitalAfterCapital: -6,
  smallBetweenCapitals: -3,
  otherScript: -6,
  signWithinWord: -5,
  quoteTurned: -4,
  apostropheAlone: -3,
  currencyBesideLetter: -3,
  accentedTwice: -1,
  alone: -2,
  /** In scripts other than the Latin one letters follow letters. */
  letterAgain: Math.log(0.9 / 0.3),
};

const LETTERS: ReadonlySet<Kind> = new Set<Kind>(["small", "capital", "caseless", "mark"]);
export const isLetter = (kind: Kind): boolean => LETTERS.has(kind);

function besideSign(kind: Kind, isLetterBefore: boolean, isLetterAfter: boolean): number {
  if (kind === "currency") return isLetterBefore || isLetterAfter ? BESIDE.currencyBesideLetter : 0;
  if (kind === "opening") return isLetterBefore ? BESIDE.quoteTurned : 0;
  if (kind === "closing") return isLetterAfter ? BESIDE.quoteTurned : 0;
  if (kind === "apostrophe") return isLetterBefore && isLetterAfter ? 0 : BESIDE.apostropheAlone;
  return kind === "sign" && isLetterBefore && isLetterAfter ? BESIDE.signWithinWord : 0;
}

function besideCase(kind: Kind, before: Neighbour, after: Neighbour): number {
  if (kind === "capital" && before.kind === "small") return BESIDE.capitalAfterSmall;
  if (kind === "capital" && before.kind === "capital" && after.kind === "small") return BESIDE.capitalAfterCapital;
  if (kind !== "small" || after.kind !== "capital") return 0;
  return before.kind === "capital" ? BESIDE.smallBetweenCapitals : BESIDE.smallBeforeCapital;
}

/** How likely a character is beside its neighbours, as a natural logarithm; 0 where they say nothing. */
export function besides({ kind, isLatin }: Place, before: Neighbour, after: Neighbour): number {
  const [isLetterBefore, isLetterAfter] = [isLetter(before.kind), isLetter(after.kind)];
  if (!isLetter(kind)) return besideSign(kind, isLetterBefore, isLetterAfter);
  const [isOwnBefore, isOwnAfter] = [isLetterBefore && !before.isAscii, isLetterAfter && !after.isAscii];
  let sum = besideCase(kind, before, after);
  if (before.kind === "digit" || after.kind === "digit") sum += BESIDE.digit;
  if (isLatin) {
    if (isOwnBefore) sum += BESIDE.accentedTwice;
    return isLetterBefore || isLetterAfter ? sum : sum + BESIDE.alone;
  }
  if (isOwnBefore) sum += BESIDE.letterAgain;
  if ((isLetterBefore && before.isAscii) || (isLetterAfter && after.isAscii)) sum += BESIDE.otherScript;
  return isOwnBefore || isOwnAfter ? sum : sum + BESIDE.alone;
}
