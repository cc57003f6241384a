"""The segmentation as an MLflow pyfunc: reads a model card, predicts cluster, label, scores and segment.

Needs numpy and pandas alone. The card (card.json) says everything: features and their transforms, centroids,
breakpoints of the scores and what they are of, the segments.
"""

import hashlib
import json

import numpy as np
import pandas as pd

RFM = ("recency_days", "frequency", "monetary")
MEASURES = {"recencyDays": "recency_days", "frequency": "frequency", "monetary": "monetary"}


def _load_pyfunc(path):
    with open(path, encoding="utf-8") as file:
        return RfmSegmentation(json.load(file))


class RfmSegmentation:
    """predict(df) needs the columns recency_days, frequency and monetary, and the card's further features.

    Where scores are of equal shares (scoreTies), the column customer_id decides between equal values; without it a
    customer is the first among equals.
    """

    def __init__(self, card):
        if card.get("schemaVersion") != 1:
            raise ValueError(f"This code reads model cards of version 1, not {card.get('schemaVersion')}.")
        if "mixture" in card:
            raise NotImplementedError("The clusters of this model are a mixture's, which this code cannot assign: use the API.")
        self.card = card
        self.segments = Segments(card)

    def predict(self, frame, params=None):
        raw = self._columns(frame)
        r, f, m = (self._scores(frame, raw, measure) for measure in MEASURES)
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
                "rfm_segment": [self.segments.name(raw, row, *scores) for row, scores in enumerate(zip(r, f, m))],
                "distance": np.sqrt(nearest),
                "confidence": 1 - np.sqrt(confidence),
            },
            index=frame.index,
        )

    def _columns(self, frame):
        features = self.card["features"]
        measures = self.card.get("scoreMeasures", {}).values()
        sources = dict.fromkeys(
            [each.get("indicatorOf", each["name"]) for each in features]
            + [each["feature"] for each in measures]
            + self.segments.features
        )
        needed = {each["name"] for each in features if "missing" not in each} | set(RFM)
        needed |= {each["feature"] for each in measures if "missing" not in each}
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

    def _scores(self, frame, raw, measure):
        """1 + the number of breakpoints below, so that equal values get equal scores, but for ties; few days are best."""
        values = self._measured(raw, measure)
        edges = self.card["scoreEdges"][measure]
        ties = self.card.get("scoreTies", {}).get(measure)
        is_reversed = measure == "recencyDays"
        if ties is None:
            below = np.sum(np.asarray(edges)[None, :] < values[:, None], axis=1, dtype=np.int64)
            return len(edges) + 1 - below if is_reversed else 1 + below
        score = np.ones(len(values), dtype=np.int64)
        keys = self._tie_keys(frame)
        for edge, tie in zip(edges, ties):
            ahead = edge - values if is_reversed else values - edge
            score += (ahead > 0) | ((ahead == 0) & np.array([key is not None and tie < key for key in keys], dtype=bool))
        return score

    def _measured(self, raw, measure):
        chosen = self.card.get("scoreMeasures", {}).get(measure)
        if chosen is None:
            return raw[MEASURES[measure]]
        values = raw[chosen["feature"]]
        if "missing" in chosen:
            values = np.where(np.isnan(values), chosen["missing"], values)
        return np.floor(values * 1e4 + 0.5) / 1e4

    @staticmethod
    def _tie_keys(frame):
        if "customer_id" not in frame.columns:
            return [None] * len(frame)
        return [hashlib.md5(str(each).encode()).hexdigest()[:12].upper() for each in frame["customer_id"]]

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


class Segments:
    """What a card calls customers by their scores, and by features where it has rules over them."""

    def __init__(self, card):
        edges = card["scoreEdges"]
        self.bins = tuple(len(edges[measure]) + 1 for measure in MEASURES)
        rules = card.get("segmentRules")
        self.rules = None if rules is None else [(each, {_cell(cell) for cell in each["cells"]}) for each in rules["rules"]]
        self.otherwise = None if rules is None else rules.get("otherwise")
        table = [(_cell(cell), name) for name, cells in card["segmentTable"].items() for cell in cells]
        self.names = dict(table)
        self.is_cube = any(len(cell) == 3 for cell, _ in table)
        self.are_fifths = len(self.names) == 25 and all(len(cell) == 2 and max(cell) <= 5 for cell in self.names)

    @property
    def features(self):
        """Names of the features that rules look at."""
        return [name for rule, _ in self.rules or [] for name in rule.get("features", {})]

    def name(self, raw, row, r, f, m):
        if self.rules is not None:
            return self._by_rules(raw, row, (int(r), int(f), int(m)))
        if self.is_cube:
            return self.names[(r, f, m)]
        _, f_bins, m_bins = self.bins
        same = f_bins == m_bins
        combined = (f + m + 1) // 2 if same else (_fifth(f, f_bins) + _fifth(m, m_bins) + 1) // 2
        if self.are_fifths:
            return self.names[(_fifth(r, self.bins[0]), _fifth(combined, f_bins if same else 5))]
        return self.names[(r, combined)]

    def _by_rules(self, raw, row, scores):
        for rule, cells in self.rules:
            asked = rule.get("features", {})
            if scores in cells and all(_meets(raw[name][row], condition) for name, condition in asked.items()):
                return rule["name"]
        if self.otherwise is None:
            raise ValueError(f"No rule takes a customer with the scores {scores}.")
        return self.otherwise


def _cell(text):
    return tuple(int(part) for part in (text.split("-") if "-" in text else text))


def _fifth(score, bins):
    """The fifth that the middle of a score's bin is in."""
    return (5 * (2 * int(score) - 1)) // (2 * bins) + 1


def _meets(value, condition):
    if condition.get("missing"):
        return bool(np.isnan(value))
    return not np.isnan(value) and (
        value >= condition.get("atLeast", -np.inf)
        and ("above" not in condition or value > condition["above"])
        and value <= condition.get("atMost", np.inf)
        and ("below" not in condition or value < condition["below"])
    )
