import { createDecoder } from "../encoding.ts";
import alphabets from "./alphabets.json" with { type: "json" };

/** A language as one code page writes it. */
export interface Writing {
  readonly language: string;
  readonly usual: number;
  /** Letters beyond ASCII in lower case, the commonest first. */
  readonly letters: string;
}

/** An encoding of one byte a character. */
export interface CodePage {
  readonly encoding: string;
  /** How usual its files are, as a natural logarithm beside Windows' own code page of the language. */
  readonly usual: number;
  /** What the bytes from 0x80 on stand for. */
  readonly characters: readonly string[];
  /** The languages whose letters it has. */
  readonly writings: readonly Writing[];
}

/** By platform: what Windows wrote, Unix, the Macintosh and DOS. Of two that read alike the first is named. */
const USUAL: readonly (readonly [usual: number, encodings: string])[] = [
  [0, "windows-1252"],
  [-0.5, "windows-1250 windows-1251 windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-874"],
  [-1.5, "koi8-r ibm866 iso-8859-2"],
  [-2, "macintosh cp437 cp850 cp852 iso-8859-5 iso-8859-7 iso-8859-15 windows-1258 koi8-u"],
  [-4, "iso-8859-4 iso-8859-6 iso-8859-8 iso-8859-13 cp857 cp737 cp775 cp855 cp862 x-mac-cyrillic"],
  [-6, "maccenteuro macturkish macgreek cp1125"],
];

const WRITINGS: readonly Writing[] = Object.entries(alphabets.languages).map(([language, { usual, letters }]) => ({
  language,
  usual,
  letters,
}));

/** A language without its rarest letters is still written. */
const LETTERS_NEEDED = 0.8;

function writingsIn(characters: readonly string[]): Writing[] {
  const has = new Set(characters);
  return WRITINGS.filter(({ letters }) => {
    const all = [...letters];
    return all.filter((letter) => has.has(letter)).length >= LETTERS_NEEDED * Math.min(all.length, 40);
  });
}

const HIGH = Uint8Array.from({ length: 128 }, (_, i) => i + 0x80);

let known: readonly CodePage[] | undefined;

/** The code pages of one byte a character, the most usual first. */
export function codePages(): readonly CodePage[] {
  known ??= USUAL.flatMap(([usual, encodings]) =>
    encodings.split(" ").map((encoding) => {
      const characters = [...HIGH].map((byte) => createDecoder(encoding)(Uint8Array.of(byte), true));
      return { encoding, usual, characters, writings: writingsIn(characters) };
    }),
  );
  return known;
}
