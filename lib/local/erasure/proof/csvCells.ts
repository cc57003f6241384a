/** Hears of a cell: its value, and where it stands. */
type CellListener = (value: string, row: number, position: number) => void;

/** Reads the cells of a CSV text after RFC 4180 by a machine of its own, a character at a time. */
export async function eachCsvCell(parts: AsyncIterable<string>, hear: CellListener): Promise<void> {
  let value = "";
  let row = 0;
  let position = 0;
  /** Within quotes, and right after a quote that may end them. */
  let state: "plain" | "quoted" | "closing" = "plain";
  for await (const part of parts) {
    for (const character of part) {
      if (state === "quoted") {
        if (character === '"') state = "closing";
        else value += character;
      } else if (character === '"') {
        if (state === "closing") value += character;
        state = "quoted";
      } else {
        state = "plain";
        if (character === "," || character === "\n") {
          hear(value, row, position);
          value = "";
          position = character === "," ? position + 1 : 0;
          if (character === "\n") row += 1;
        } else if (character !== "\r") value += character;
      }
    }
  }
  if (value !== "" || position > 0) hear(value, row, position);
}
