import { readFileSync } from "node:fs";

const FILE = new URL("./rfm_segmentation_model.py", import.meta.url);

/** Text of the Python file by which MLflow loads a model: it reads the card. */
export const pythonCode = (): string => readFileSync(FILE, "utf8");
