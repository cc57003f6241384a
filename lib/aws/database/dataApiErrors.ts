/**
 * The Data API gives PostgreSQL's errors as one text: `ERROR: run 'x' is not staged; SQLState: RF005`.
 * @returns the error with PostgreSQL's own fields, as a driver would give it; other errors unchanged.
 */
export function databaseFailure(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code = /SQLState: (\w{5})/.exec(error.message)?.[1];
  if (code === undefined) return error;
  const message = error.message.replace(/;?\s*SQLState: \w{5}.*$/s, "").replace(/^ERROR:\s*/, "");
  const [sentence = message] = message.split("\n");
  const constraint = /constraint "([^"]+)"/.exec(sentence)?.[1] ?? "";
  return Object.assign(new Error(sentence, { cause: error }), { code, where: message, constraint });
}
