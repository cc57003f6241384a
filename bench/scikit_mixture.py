"""Times scikit-learn's GaussianMixture on a float64 little-endian file of scaled rows; prints one JSON line per model. One core."""

import json
import sys
import time

import numpy as np
from sklearn.mixture import GaussianMixture

path, rows, dimensions, floor = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
points = np.fromfile(path, dtype="<f8").reshape(rows, dimensions)
for spec in sys.argv[5:]:
    covariance, k = spec.split(":")
    started = time.process_time()
    model = GaussianMixture(int(k), covariance_type=covariance, reg_covar=floor, n_init=10, random_state=0).fit(points)
    seconds = time.process_time() - started
    print(json.dumps({"covariance": covariance, "k": int(k), "seconds": seconds, "logLikelihood": model.score(points)}), flush=True)
