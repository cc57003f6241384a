const quote = (text: string): string => `"${text.replace(/[\\"$`]/g, "\\$&")}"`;

/**
 * The value of `--rows` that names words of a column, in quotes for a shell; the column by its number where its name
 * would be read otherwise.
 */
export function flagValue(header: readonly string[], index: number, words: readonly string[]): string {
  const name = header[index] as string;
  const isPlain = !/[=|]/.test(name) && header.filter((other) => other === name).length === 1;
  return quote(`${isPlain ? name : index + 1}=${words.join("|")}`);
}
