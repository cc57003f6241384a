/** A source of uniform numbers in [0, 1). */
export type Random = () => number;

/** Seeds may be numbers or text, so that a label can be part of them. */
export type Seed = number | string;

/**
 * A seeded source of uniform numbers in [0, 1): xoshiro128** (Blackman and Vigna 2018) with 32 random bits a draw,
 * its state filled by SplitMix32 from a hash of the seed. Equal seeds give equal sequences on every machine.
 *
 * @param seed a number or text; `1` and `"1"` are the same seed.
 */
export function createRandom(seed: Seed): Random {
  const split = splitMix32(hashText(String(seed)));
  let a = split();
  let b = split();
  let c = split();
  let d = split() | 1; // The state must not be all zero.
  return () => {
    const scrambled = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return scrambled / 4_294_967_296;
  };
}

/**
 * A seed for one part of a computation: independent streams for independent labels, and no stream changes because
 * another part drew more or fewer numbers.
 */
export function deriveSeed(seed: Seed, ...labels: readonly Seed[]): string {
  return [seed, ...labels].map((part) => String(part).replaceAll("/", "//")).join("/-/");
}

/** A uniform integer in [0, bound). */
export function randomInteger(random: Random, bound: number): number {
  return Math.floor(random() * bound);
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** FNV-1a over UTF-16 code units, both bytes of each. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  return hash >>> 0;
}

function splitMix32(state: number): () => number {
  let s = state | 0;
  return () => {
    s = (s + 0x9e3779b9) | 0;
    let z = s ^ (s >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
}
