"""The segmentation as an MLflow pyfunc: reads a model card, predicts cluster, label, scores and segment.

Needs numpy and pandas alone. The card (card.json) says everything: features and their transforms, centroids,
quantile breakpoints of the scores, the table of segments.
"""

import json

import numpy as np
import pandas as pd

RFM = ("recency_days", "frequency", "monetary")


def _load_pyfunc(path):
    with open(path, encoding="utf-8") as file:
        return RfmSegmentation(json.load(file))


class RfmSegmentation:
    """predict(df) needs the columns recency_days, frequency and monetary, and the card's further features."""

    def __init__(self, card):
        if card.get("schemaVersion") != 1:
            raise ValueError(f"This code reads model cards of version 1, not {card.get('schemaVersion')}.")
        self.card = card
        self.names = {cell: name for name, cells in card["segmentTable"].items() for cell in cells}

    def predict(self, frame, params=None):
        raw = self._columns(frame)
        edges = self.card["scoreEdges"]
        r = 6 - self._score(raw["recency_days"], edges["recencyDays"])
        f = self._score(raw["frequency"], edges["frequency"])
        m = self._score(raw["monetary"], edges["monetary"])
        combined = (f + m + 1) // 2
        nearest, second, label = self._nearest(raw, len(frame))
        clusters = self.card["clusters"]
        confidence = np.ones(len(frame))
        np.divide(nearest, second, out=confidence, where=second > 0)
        return pd.DataFrame(
            {
                "cluster_id": np.array([cluster["id"] for cluster in clusters], dtype=np.int64)[label],
                "cluster_label": np.array([cluster["label"] for cluster in clusters], dtype=object)[label],
                "r_score": r,
                "f_score": f,
                "m_score": m,
                "rfm_segment": [self.names[f"{a}{b}"] for a, b in zip(r, combined)],
                "distance": np.sqrt(nearest),
                "confidence": 1 - np.sqrt(confidence),
            },
            index=frame.index,
        )

    def _columns(self, frame):
        features = self.card["features"]
        sources = dict.fromkeys(each.get("indicatorOf", each["name"]) for each in features)
        needed = {each["name"] for each in features if "missing" not in each} | set(RFM)
        wanted = [*RFM, *(name for name in sources if name not in RFM)]
        missing = [name for name in wanted if name not in frame.columns]
        if missing:
            raise ValueError(f"The columns {', '.join(missing)} are missing; {', '.join(frame.columns)} are there.")
        raw = {name: np.asarray(frame[name], dtype=np.float64) for name in wanted}
        for name, values in raw.items():
            wrong = np.flatnonzero(~np.isfinite(values) if name in needed else np.isinf(values))
            if wrong.size:
                raise ValueError(f"Column {name}, row {wrong[0]}: not a finite number.")
        return raw

    @staticmethod
    def _score(values, edges):
        """1 + the number of breakpoints strictly below, so that equal values get equal scores."""
        return 1 + np.sum(np.asarray(edges)[None, :] < values[:, None], axis=1, dtype=np.int64)

    def _nearest(self, raw, rows):
        """Squared distances to the nearest and the second nearest centroid, ties to the first of the card."""
        features = self.card["features"]
        best = np.full(rows, np.inf)
        second = np.full(rows, np.inf)
        label = np.zeros(rows, dtype=np.int64)
        scaled = [self._encode(raw[feature.get("indicatorOf", feature["name"])], feature) for feature in features]
        for index, cluster in enumerate(self.card["clusters"]):
            distance = np.zeros(rows)
            for column, center in zip(scaled, cluster["centroidScaled"]):
                distance += (column - center) ** 2
            closer = distance < best
            second = np.where(closer, best, np.minimum(second, distance))
            label[closer] = index
            best = np.where(closer, distance, best)
        return best, second, label

    @staticmethod
    def _encode(values, feature):
        if "indicatorOf" in feature:
            values = np.isnan(values).astype(np.float64)
        absent = np.isnan(values)
        if "winsorLow" in feature or "winsorHigh" in feature:
            values = np.clip(values, feature.get("winsorLow"), feature.get("winsorHigh"))
        if feature["transform"] == "asinh":
            values = np.arcsinh(values / feature["scale"])
        elif feature["transform"] == "log1p":
            wrong = np.flatnonzero(values <= -1)
            if wrong.size:
                raise ValueError(f"Column {feature['name']}, row {wrong[0]}: {values[wrong[0]]} has no log1p.")
            values = np.log1p(values)
        scaled = (values - feature["mean"]) / feature["deviation"]
        return np.where(absent, feature["missing"], scaled) if "missing" in feature else scaled
