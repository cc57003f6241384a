import { IngestError } from "../errors.ts";

/** More files are not named one by one, but counted. */
const MAX_LISTED = 20;

/** Several files of a delivery cannot be read: a line for each. `context.sources` names those that are listed. */
export class UnreadableFilesError extends IngestError {
  constructor(lines: readonly string[], files: number, context: { readonly sources: readonly string[] }) {
    const more = files - lines.length;
    const rest = more === 0 ? [] : [`and ${more.toLocaleString("en-US")} more ${more === 1 ? "file" : "files"}.`];
    const list = [...lines, ...rest].map((line) => `\n  - ${line}`).join("");
    const said = `${files.toLocaleString("en-US")} files cannot be read, so nothing was taken:${list}`;
    super("UNREADABLE_FILES", `${said}\nMend these files or leave them out.`, { ...context, files });
  }
}

interface Refused {
  readonly error: IngestError;
  /** Sources of other files of which it holds too. */
  readonly alike: readonly string[];
}

/** What is wrong with files of a delivery, so that all of it can be said at once. */
export interface Refusals {
  /** What `work` brings; undefined where it was refused. @throws what is no `IngestError` */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined>;
  /** Notes an error, and the sources of all files of which it holds. @throws what is no `IngestError` */
  add(error: unknown, sources?: readonly string[]): void;
  /** @throws the one error as it is, with the other files of which it holds; `UnreadableFilesError` for several */
  throwAny(): void;
}

export function createRefusals(): Refusals {
  const refused: Refused[] = [];
  let files = 0;
  const add = (error: unknown, sources: readonly string[] = []): void => {
    if (!(error instanceof IngestError)) throw error;
    const alike = [...new Set(sources)].filter((source) => source !== error.context.source);
    files += 1 + alike.length;
    // Those beyond are counted alone: an archive may hold thousands.
    if (refused.length < MAX_LISTED) refused.push({ error, alike });
  };
  return {
    add,
    attempt: (work) => work().catch((error: unknown) => void add(error)) as ReturnType<typeof work>,
    throwAny() {
      if (refused[0] === undefined) return;
      if (refused.length === 1 && files === 1 + refused[0].alike.length) throw withOthers(refused[0]);
      const named = refused.flatMap(({ error, alike }) => {
        const source = sourceOf(error);
        const like = alike.map((other) => ({ source: other, line: `${other}: as ${source}, whose columns it has.` }));
        return [{ source, line: error.message }, ...like];
      });
      const listed = named.slice(0, MAX_LISTED);
      throw new UnreadableFilesError(
        listed.map(({ line }) => oneLine(line)),
        files,
        {
          sources: listed.map(({ source }) => source),
        },
      );
    },
  };
}

/** Keeps class, code and flags: one answer settles all. */
function withOthers({ error, alike }: Refused): IngestError {
  if (alike.length === 0) return error;
  const more = alike.length - MAX_LISTED;
  const rest = more > 0 ? ` and ${more.toLocaleString("en-US")} more` : "";
  error.message += `\nThe same of files with the same columns: ${alike.slice(0, MAX_LISTED).join(", ")}${rest}.`;
  return error;
}

const sourceOf = ({ context }: IngestError): string => String(context.source ?? "the file before");

const oneLine = (text: string): string => text.trim().replace(/\s*\n\s*/g, " ");
