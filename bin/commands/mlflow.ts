import { SegmentationError } from "../../lib/domain/errors.ts";
import { style as pc } from "../terminal.ts";

/**
 * Tells the MLflow server of MLFLOW_TRACKING_URI, where there is one, what has changed in a lake. What the server
 * cannot take is a warning: the lake's own change stands.
 * @param versions models that the server should have beside those with a role.
 */
export async function tellMlflow(lake: string, versions: readonly string[] = []): Promise<void> {
  const { MLFLOW_TRACKING_URI: uri = "" } = process.env;
  if (uri === "") return;
  const { exportToMlflow, mlflowFromEnvironment } = await import("../../lib/library/mlflow.ts");
  const server = mlflowFromEnvironment(process.env, uri);
  if (server === undefined) return;
  try {
    await exportToMlflow(lake, server, versions);
  } catch (error) {
    if (!(error instanceof SegmentationError)) throw error;
    process.stderr.write(
      `${pc.yellow("warning")} ${error.message} The lake has everything; rfm models export --mlflow URI sends it again. ${pc.dim(`[${error.code}]`)}\n`,
    );
  }
}
