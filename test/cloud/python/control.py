"""What the box is told while it runs (a JSON file that the tests write), and what it tells (a journal that they read)."""

import hashlib
import json
import os
import threading
import time

_PATH = os.environ["BOX_CONTROL"]
_JOURNAL = os.environ["BOX_JOURNAL"]
_lock = threading.Lock()
_counts: dict = {}


def settings() -> dict:
    """The orders as they are now; the tests replace the file as a whole, so it is never half-written."""
    with open(_PATH, encoding="utf8") as file:
        return json.load(file)


def record(entry: dict) -> None:
    """Appends one line to the journal."""
    line = json.dumps({"at": round(time.time(), 3), **entry}) + "\n"
    with _lock, open(_JOURNAL, "a", encoding="utf8") as file:
        file.write(line)


def count(*key) -> int:
    """How often this was asked with the same key before, under the same orders: 0, 1, 2 …"""
    key = (settings().get("generation", 0), *key)
    with _lock:
        _counts[key] = _counts.get(key, -1) + 1
        return _counts[key]


def chance(seed, *key) -> float:
    """A number from 0 to 1 that depends on seed and key alone, so that a run can be repeated."""
    digest = hashlib.sha256(json.dumps([seed, *key]).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48
