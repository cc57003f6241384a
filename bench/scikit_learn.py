"""Times scikit-learn on a float64 little-endian file of n x 3 scaled rows; prints one JSON line. One core."""

import json
import sys
import time

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans

path, rows, k, restarts = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), [int(n) for n in sys.argv[4].split(",")]
points = np.fromfile(path, dtype="<f8").reshape(rows, 3)
results = {}
for n_init in restarts:
    started = time.process_time()
    model = KMeans(n_clusters=k, n_init=n_init, random_state=0).fit(points)
    results[f"KMeans(n_init={n_init})"] = [time.process_time() - started, model.inertia_]
started = time.process_time()
model = MiniBatchKMeans(n_clusters=k, n_init=3, batch_size=16384, random_state=0).fit(points)
results["MiniBatchKMeans"] = [time.process_time() - started, float(model.inertia_)]
print(json.dumps(results))
