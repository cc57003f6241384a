/**
 * Encodings of Chinese, Japanese and Korean as models: how likely each character of a text is. Within a class of
 * characters all are equally likely; the standards put the frequent ones into a level of their own.
 */

/** A class of characters: the share of a text that it has, and how many characters it holds. */
interface CharacterClass {
  readonly share: number;
  readonly size: number;
}

/** What starts at a place: its class and bytes, or nothing that the encoding has. */
interface Found {
  readonly character: CharacterClass;
  readonly bytes: number;
}

export interface MultiByteModel {
  readonly encoding: string;
  /** The character that starts with a byte above 0x7F; undefined where none can. */
  readonly read: (lead: number, trail: number, third: number, fourth: number) => Found | undefined;
}

const within = (byte: number, low: number, high: number): boolean => byte >= low && byte <= high;
const of = (share: number, size: number): CharacterClass => ({ share, size });
const pair = (character: CharacterClass): Found => ({ character, bytes: 2 });

/** Digits and letters as wide as ideographs, in the third row of each standard: they tell none from another. */
const FULL_WIDTH = of(0.05, 62);

const JAPANESE = {
  hiragana: of(0.17, 83),
  katakana: of(0.2, 86),
  kanji: of(0.5, 2965),
  rare: of(0.01, 3390),
  signs: of(0.1, 400),
  halfWidth: of(0.02, 63),
};

/** A character of JIS X 0208 by its row. */
function ofJisRow(row: number): CharacterClass | undefined {
  if (row === 3) return FULL_WIDTH;
  if (row === 4) return JAPANESE.hiragana;
  if (row === 5) return JAPANESE.katakana;
  if (within(row, 1, 8) || row === 13) return JAPANESE.signs;
  if (within(row, 16, 47)) return JAPANESE.kanji;
  return within(row, 48, 84) || within(row, 89, 92) || within(row, 115, 119) ? JAPANESE.rare : undefined;
}

const shiftJis: MultiByteModel["read"] = (lead, trail) => {
  if (within(lead, 0xa1, 0xdf)) return { character: JAPANESE.halfWidth, bytes: 1 };
  const isLead = within(lead, 0x81, 0x9f) || within(lead, 0xe0, 0xfc);
  if (!isLead || !within(trail, 0x40, 0xfc) || trail === 0x7f) return undefined;
  const row = 2 * (lead - (lead < 0xa0 ? 0x81 : 0xc1)) + (trail >= 0x9f ? 2 : 1);
  const character = ofJisRow(row);
  return character === undefined ? undefined : pair(character);
};

const isHigh = (byte: number): boolean => within(byte, 0xa1, 0xfe);

const eucJp: MultiByteModel["read"] = (lead, trail) => {
  if (lead === 0x8e && within(trail, 0xa1, 0xdf)) return pair(JAPANESE.halfWidth);
  const character = isHigh(lead) && isHigh(trail) ? ofJisRow(lead - 0xa0) : undefined;
  return character === undefined ? undefined : pair(character);
};

const CHINESE = { usual: of(0.93, 3755), rare: of(0.02, 3008), rarest: of(0.005, 14_240), signs: of(0.04, 750) };

const gb18030: MultiByteModel["read"] = (lead, trail, third, fourth) => {
  if (!within(lead, 0x81, 0xfe)) return undefined;
  if (within(trail, 0x30, 0x39)) {
    const isFour = within(third, 0x81, 0xfe) && within(fourth, 0x30, 0x39);
    return isFour ? { character: CHINESE.rarest, bytes: 4 } : undefined;
  }
  if (!within(trail, 0x40, 0xfe) || trail === 0x7f) return undefined;
  if (trail < 0xa1 || lead < 0xa1 || lead > 0xf7) return pair(CHINESE.rarest);
  if (within(lead, 0xb0, 0xd7)) return pair(CHINESE.usual);
  if (within(lead, 0xd8, 0xf7)) return pair(CHINESE.rare);
  if (lead === 0xa3) return pair(FULL_WIDTH);
  return lead <= 0xa9 ? pair(CHINESE.signs) : undefined;
};

const TRADITIONAL = { usual: of(0.93, 5401), rare: of(0.02, 7652), signs: of(0.045, 408) };

const big5: MultiByteModel["read"] = (lead, trail) => {
  const isTrail = within(trail, 0x40, 0x7e) || within(trail, 0xa1, 0xfe);
  if (!within(lead, 0xa1, 0xf9) || !isTrail) return undefined;
  if (lead <= 0xa3) return pair(TRADITIONAL.signs);
  return pair(lead <= 0xc6 ? TRADITIONAL.usual : TRADITIONAL.rare);
};

const KOREAN = { usual: of(0.95, 2350), rare: of(0.01, 8822), hanja: of(0.005, 4888), signs: of(0.03, 986) };

const eucKr: MultiByteModel["read"] = (lead, trail) => {
  const isExtended = within(trail, 0x41, 0x5a) || within(trail, 0x61, 0x7a) || within(trail, 0x81, 0xa0);
  if (within(lead, 0x81, 0xc6) && (isExtended || (lead < 0xa1 && isHigh(trail)))) return pair(KOREAN.rare);
  if (!isHigh(lead) || !isHigh(trail)) return undefined;
  if (within(lead, 0xb0, 0xc8)) return pair(KOREAN.usual);
  if (within(lead, 0xca, 0xfd)) return pair(KOREAN.hanja);
  if (lead === 0xa3) return pair(FULL_WIDTH);
  return lead <= 0xac ? pair(KOREAN.signs) : undefined;
};

/** The models, under the names that `--encoding` takes. */
export const MULTI_BYTE_MODELS: readonly MultiByteModel[] = [
  { encoding: "shift_jis", read: shiftJis },
  { encoding: "euc-jp", read: eucJp },
  { encoding: "gb18030", read: gb18030 },
  { encoding: "big5", read: big5 },
  { encoding: "euc-kr", read: eucKr },
];
