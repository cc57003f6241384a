/** What an XML text is made of, in order. Names come without their prefix; attributes as they are written. */
export interface XmlVisitor {
  open(name: string, attributes: string): void;
  close(name: string): void;
  /** Text between tags, possibly in several pieces, with its entities as written. */
  text(text: string): void;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Replaces XML's five entities and character references. */
export function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
  });
}

/** The value of an attribute, whatever its prefix; undefined without it. */
export function attributeOf(attributes: string, name: string): string | undefined {
  // As all programs write it: found without looking at the other attributes.
  const at = attributes.indexOf(`${name}="`);
  const before = attributes[at - 1];
  if (before === " " || before === ":") {
    const start = at + name.length + 2;
    return decodeEntities(attributes.slice(start, attributes.indexOf('"', start)));
  }
  if (!attributes.includes(name)) return undefined;
  for (const [, found, double, single] of attributes.matchAll(/([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)) {
    if (found === name || found?.endsWith(`:${name}`)) return decodeEntities(double ?? single ?? "");
  }
  return undefined;
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(":") + 1);

/**
 * Scans XML that comes in pieces, cut anywhere. Neither validates nor expands entities of its own making, which is what
 * makes it safe with hostile documents; comments, declarations and processing instructions are passed over.
 */
export function createXmlScanner(visitor: XmlVisitor): { write(piece: string): void } {
  let pending = "";
  const tag = (content: string): void => {
    if (content.startsWith("/")) {
      visitor.close(withoutPrefix(content.slice(1).trimEnd()));
      return;
    }
    const isEmpty = content.endsWith("/");
    const body = isEmpty ? content.slice(0, -1) : content;
    const blank = body.search(/\s/);
    const name = withoutPrefix(blank < 0 ? body : body.slice(0, blank));
    visitor.open(name, blank < 0 ? "" : body.slice(blank));
    if (isEmpty) visitor.close(name);
  };
  /** The end of what starts at `at` with `<`, and what it is; undefined when it is not all there. */
  const special = (text: string, at: number): { readonly end: number; readonly cdata?: string } | undefined => {
    const [opening, closing] = text.startsWith("<![CDATA[", at)
      ? ["<![CDATA[", "]]>"]
      : text.startsWith("<!--", at)
        ? ["<!--", "-->"]
        : [text.slice(at, at + 2), text[at + 1] === "?" ? "?>" : ">"];
    const end = text.indexOf(closing, at + opening.length);
    if (end < 0) return undefined;
    const after = end + closing.length;
    return opening === "<![CDATA[" ? { end: after, cdata: text.slice(at + 9, end) } : { end: after };
  };
  return {
    write(piece) {
      const text = pending + piece;
      let at = 0;
      for (;;) {
        const open = text.indexOf("<", at);
        if (open < 0) {
          // An entity may be cut in two: text waits for the tag that ends it.
          pending = text.slice(at);
          return;
        }
        if (open + 9 > text.length && text[open + 1] === "!") break;
        const next = text[open + 1];
        if (next === "!" || next === "?") {
          const found = special(text, open);
          if (found === undefined) break;
          if (open > at) visitor.text(text.slice(at, open));
          if (found.cdata !== undefined) visitor.text(found.cdata.replaceAll("&", "&amp;"));
          at = found.end;
          continue;
        }
        const close = text.indexOf(">", open);
        if (close < 0) break;
        if (open > at) visitor.text(text.slice(at, open));
        tag(text.slice(open + 1, close));
        at = close + 1;
      }
      pending = text.slice(at);
    },
  };
}
