"""What MLflow's own client says of the registered models, and what they predict of a table of customers, as JSON."""

import json
import sys

import mlflow
import numpy as np
import pandas as pd

uri, name, segments_csv = sys.argv[1:]
mlflow.set_tracking_uri(uri)
client = mlflow.MlflowClient()

registered = client.get_registered_model(name)
aliases = {alias: str(version) for alias, version in registered.aliases.items()}
versions = {str(each.version): each.tags for each in client.search_model_versions(f"name = '{name}'")}

champion = client.get_model_version_by_alias(name, "champion")
run = client.get_run(champion.run_id)
customers = pd.read_csv(segments_csv, dtype={"customer_id": str})
predicted = mlflow.pyfunc.load_model(f"models:/{name}@champion").predict(customers)
equal = {
    column: int((predicted[column] == customers[column]).sum())
    for column in ("cluster_id", "cluster_label", "r_score", "f_score", "m_score", "rfm_segment")
}
distance = float(np.abs(predicted["distance"] - customers["distance"]).max())

print(
    json.dumps(
        {
            "aliases": aliases,
            "versions": versions,
            "status": run.info.status,
            "params": run.data.params,
            "metrics": run.data.metrics,
            "silhouette": {each.step: each.value for each in client.get_metric_history(run.info.run_id, "silhouette")},
            "artifacts": sorted(each.path for each in client.list_artifacts(run.info.run_id)),
            "card": mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/model-card.json")["modelVersion"],
            "dataset": [json.loads(each.dataset.schema) for each in run.inputs.dataset_inputs],
            "digest": run.data.tags["rfm_segments_sha256"],
            "customers": len(customers),
            "equal": equal,
            "distance": distance,
            "runs": len(client.search_runs([run.info.experiment_id])),
        }
    )
)
