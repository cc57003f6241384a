"""Scores of recency, frequency and monetary value by pandas, and by R's rfm in numpy. One JSON line per method and bins."""

import hashlib
import json
import sys

import numpy as np
import pandas as pd

customers = pd.read_csv(sys.argv[1], dtype={"customer_id": str})
digest = customers.customer_id.map(lambda name: hashlib.md5(name.encode()).hexdigest())
MEASURES = {"r": ("recency_days", True), "f": ("frequency", False), "m": ("monetary", False)}


def qcut(values, bins, is_reversed):
    """pandas.qcut as the courses use it; where quantiles repeat it has fewer bins."""
    codes = pd.qcut(values, bins, labels=False, duplicates="drop")
    return codes.max() - codes if is_reversed else codes


def place(values, is_reversed):
    """Places from 1 on in the total order: the worst value first, then the digest of the id."""
    frame = pd.DataFrame({"value": -values if is_reversed else values, "digest": digest})
    return frame.sort_values(["value", "digest"]).reset_index().reset_index().set_index("index")["level_0"].sort_index() + 1


def ntile(values, bins, is_reversed):
    """SQL's ntile and dplyr's: the first n mod b tiles have one customer more."""
    size, more = divmod(len(values), bins)
    ends = np.cumsum([size + (tile < more) for tile in range(bins)])
    return np.searchsorted(ends, place(values, is_reversed).to_numpy()) + 1


def qcut_of_ranks(values, bins, is_reversed):
    """pandas.qcut over ranks, the habit where values repeat."""
    return pd.qcut(place(values, is_reversed), bins, labels=False) + 1


def rfm(values, bins, is_reversed):
    """R's rfm: breakpoints are the quantiles and one more; a score has values from its lower one to below its upper one."""
    cut = np.quantile(values, np.linspace(0, 1, bins + 1))[1:-1] + 1
    lower, upper = np.append(values.min(), cut), np.append(cut, values.max() + 1)
    score = np.zeros(len(values), dtype=int)
    for at in range(bins):
        score[(values >= lower[at]) & (values < upper[at])] = bins - at if is_reversed else at + 1
    return score


for method in (qcut, ntile, qcut_of_ranks, rfm):
    for bins in (3, 4, 5, 10):
        scores = {key: method(customers[name], bins, reverse) for key, (name, reverse) in MEASURES.items()}
        print(json.dumps({"method": method.__name__, "bins": bins, **{key: [int(s) for s in one] for key, one in scores.items()}}))
