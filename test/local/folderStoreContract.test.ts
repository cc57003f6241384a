import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFolderStore } from "../../lib/local/folderStore.ts";
import { describeStoreContract } from "../storeContract.ts";

describeStoreContract("a folder", async () => openFolderStore(await mkdtemp(join(tmpdir(), "rfm-lake-"))));
