import { openFolderStore } from "../../lib/local/lake/folderStore.ts";

/** Writes one object again and again, each version of one byte value, until it is killed. */
const [directory, bytes] = process.argv.slice(2) as [string, string];
const store = openFolderStore(directory);
process.stdout.write("writing\n");
for (let version = 1; ; version = (version % 250) + 1) {
  await store.write("object", new Uint8Array(Number(bytes)).fill(version));
}
