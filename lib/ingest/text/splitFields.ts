/** Fields of a record, unquoted, as text. */
export function splitFields(record: Uint8Array, delimiter: number): string[] {
  const fields: string[] = [];
  const mark = String.fromCharCode(delimiter);
  const text = Buffer.from(record).toString("utf8");
  let at = 0;
  for (;;) {
    if (text[at] === '"') {
      let value = "";
      at++;
      for (;;) {
        const close = text.indexOf('"', at);
        if (close < 0) {
          value += text.slice(at);
          at = text.length;
          break;
        }
        value += text.slice(at, close);
        at = close + 1;
        if (text[at] !== '"') break;
        value += '"';
        at++;
      }
      const next = text.indexOf(mark, at);
      fields.push(value);
      if (next < 0) return fields;
      at = next + 1;
    } else {
      const next = text.indexOf(mark, at);
      fields.push(next < 0 ? text.slice(at) : text.slice(at, next));
      if (next < 0) return fields;
      at = next + 1;
    }
  }
}
