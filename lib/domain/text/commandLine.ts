/** How the reader's commands begin, and which lake they are about. */
export interface CommandLine {
  /** Like `npx rfm`. */
  readonly program: string;
  readonly lake: string;
  /** Whose quotes the shell understands. */
  readonly shell: "posix" | "windows";
}
