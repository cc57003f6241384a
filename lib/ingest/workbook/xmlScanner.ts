import { SaxesParser, type SaxesTagPlain } from "saxes";

/** Attributes of an element by their names as written, decoded. */
export type XmlAttributes = Readonly<Record<string, string>>;

/** What an XML text is made of, in order. Names come without their prefix. */
export interface XmlVisitor {
  open(name: string, attributes: XmlAttributes): void;
  close(name: string): void;
  /** Text between tags, decoded. */
  text(text: string): void;
}

/** The value of an attribute, whatever its prefix; undefined without it. */
export function attributeOf(attributes: XmlAttributes, name: string): string | undefined {
  const value = attributes[name];
  if (value !== undefined) return value;
  for (const each in attributes) if (each.endsWith(`:${name}`)) return attributes[each];
  return undefined;
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(":") + 1);

/**
 * The longest text, tag or comment, in characters: it is held in memory whole. A cell of Excel holds 32,767 characters;
 * a sheet that other programs write without a line break may be one long tag after another, never one.
 */
const MAX_PIECE_CHARACTERS = 16_000_000;

export interface XmlScanner {
  /** @throws Error saying what is wrong with the text, without quoting it. */
  write(piece: string): void;
  /** @throws Error where the text is not all there. */
  end(): void;
}

/**
 * Scans XML that comes in pieces, cut anywhere. It expands no entities but XML's own five, which is what makes it safe
 * with hostile documents; comments, declarations and processing instructions are passed over.
 */
export function createXmlScanner(visitor: XmlVisitor): XmlScanner {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let sinceEvent = 0;
  const told = <T>(tell: (value: T) => void) => {
    return (value: T): void => {
      sinceEvent = 0;
      tell(value);
    };
  };
  // What it could go on after is not looked for: Excel does not open such a workbook either.
  parser.on("error", () => {
    throw new Error("its XML is not well-formed");
  });
  parser.on(
    "opentag",
    told((tag: SaxesTagPlain) => visitor.open(withoutPrefix(tag.name), tag.attributes)),
  );
  parser.on(
    "closetag",
    told((tag: SaxesTagPlain) => visitor.close(withoutPrefix(tag.name))),
  );
  parser.on(
    "text",
    told((text: string) => visitor.text(text)),
  );
  parser.on(
    "cdata",
    told((text: string) => visitor.text(text)),
  );
  parser.on(
    "comment",
    told(() => undefined),
  );
  parser.on(
    "processinginstruction",
    told(() => undefined),
  );
  return {
    write(piece) {
      sinceEvent += piece.length;
      if (sinceEvent > MAX_PIECE_CHARACTERS)
        throw new Error(`one text in it is longer than ${MAX_PIECE_CHARACTERS.toLocaleString("en")} characters`);
      parser.write(piece);
    },
    end: () => void parser.close(),
  };
}
