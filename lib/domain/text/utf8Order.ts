/**
 * Order of two texts by the bytes of their UTF-8, as SQL engines, Parquet and object stores have it. JavaScript's `<`
 * compares UTF-16, which puts characters beyond U+FFFF before those from U+E000 on.
 * @returns below 0, 0 or above 0.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)];
    if (x !== y) return rankOf(x) - rankOf(y);
  }
  return a.length - b.length;
}

/** Halves of surrogate pairs rank above all other code units. */
const rankOf = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
