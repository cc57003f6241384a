import { readdirSync } from "node:fs";

/** `npm run bench -- NAME …`: a benchmark by its name, on the project's own Node. */
const names = readdirSync(new URL("../bench/", import.meta.url)).flatMap((file) => /^(.*)\.ts$/.exec(file)?.[1] ?? []);
// What stands after the name is the benchmark's.
const [name] = process.argv.splice(2, 1);
if (name === undefined || !names.includes(name)) {
  process.stderr.write(`Usage: npm run bench -- NAME …, where NAME is one of ${names.join(", ")}.\n`);
  process.exit(1);
}
await import(`../bench/${name}.ts`);
