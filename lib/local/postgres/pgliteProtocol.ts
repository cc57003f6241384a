/** What the thread that runs PGlite is asked, and what it answers. Answers come in the order of the requests. */
export type PgliteRequest =
  | { readonly id: number; readonly kind: "open"; readonly directory: string }
  | { readonly id: number; readonly kind: "query"; readonly text: string; readonly values: readonly unknown[] }
  | { readonly id: number; readonly kind: "execute"; readonly text: string }
  | { readonly id: number; readonly kind: "copy"; readonly text: string; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly kind: "close" };

/** An error's fields one by one: copying an Error between threads keeps its message only. */
export interface PgliteFailure {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly where?: string;
  readonly constraint?: string;
}

export type PgliteAnswer =
  | { readonly id: number; readonly rows: object[]; readonly rowCount: number }
  | { readonly id: number; readonly failure: PgliteFailure };
